"""lambda_check_duplicate_emr, lambda_status_emr, lambda_terminate_emr."""

import aws
import pytest

from pipeline_common import clients
from pipeline_common.errors import PermanentError

STATUS = {
    "STARTING": "STARTING",
    "BOOTSTRAPPING": "STARTING",
    "RUNNING": "STARTED",
    "WAITING": "STARTED",
    "TERMINATING": "STARTING",
    "TERMINATED": "STOPPED",
    "TERMINATED_WITH_ERRORS": "STOPPED",
}
ACTIVE = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]


@pytest.mark.parametrize(("state", "status"), STATUS.items())
def test_status_of_a_cluster_in_each_state(invoke: aws.Invoke, logged: aws.Logged, state: str, status: str) -> None:
    cluster_id = aws.launch()
    aws.cluster(cluster_id).state = state
    assert invoke("lambda_status_emr", {"ClusterId": cluster_id}) == {"ClusterId": cluster_id, "Status": status}
    assert logged()[0]["state"] == state


def test_every_state_that_emr_knows_has_a_status() -> None:
    assert aws.named_by_aws(clients.emr(aws.REGION), "ClusterState") == set(STATUS)


def test_status_of_a_cluster_that_is_not_there(invoke: aws.Invoke) -> None:
    with pytest.raises(PermanentError, match="DescribeCluster"):
        invoke("lambda_status_emr", {"ClusterId": "j-none"})


@pytest.mark.parametrize("state", ACTIVE)
def test_an_active_cluster_of_the_same_name_is_a_duplicate(invoke: aws.Invoke, state: str) -> None:
    aws.cluster(aws.launch()).state = state
    assert invoke("lambda_check_duplicate_emr") == {"Status": "RUNNING"}


@pytest.mark.parametrize("state", sorted(set(STATUS) - set(ACTIVE)))
def test_an_ending_cluster_is_no_duplicate(invoke: aws.Invoke, state: str) -> None:
    aws.cluster(aws.launch()).state = state
    assert invoke("lambda_check_duplicate_emr") == {"Status": "NOTRUNNING"}


def test_a_cluster_of_another_name_is_no_duplicate(invoke: aws.Invoke) -> None:
    aws.launch(name="data_pipeline_2")
    assert invoke("lambda_check_duplicate_emr") == {"Status": "NOTRUNNING"}


def test_a_duplicate_is_found_behind_the_first_page(invoke: aws.Invoke) -> None:
    aws.launch()
    for _ in range(60):
        aws.launch(name="other")
    assert len(clients.emr(aws.REGION).list_clusters()["Clusters"]) < 61
    assert invoke("lambda_check_duplicate_emr") == {"Status": "RUNNING"}


def test_terminating_twice_is_fine(invoke: aws.Invoke) -> None:
    cluster_id = aws.launch()
    for _ in range(2):
        stopping = {"ClusterId": cluster_id, "Status": "STOPPING"}
        assert invoke("lambda_terminate_emr", {"ClusterId": cluster_id}) == stopping
    assert aws.state_of(cluster_id) == "TERMINATED"


@pytest.mark.parametrize("event", [None, {}, {"ClusterId": ""}, {"ClusterId": None}])
@pytest.mark.parametrize("name", ["lambda_terminate_emr", "lambda_status_emr"])
def test_no_cluster_id_is_a_permanent_error(invoke: aws.Invoke, name: str, event: object) -> None:
    with pytest.raises(PermanentError, match="lacks `ClusterId`"):
        invoke(name, event)


def test_a_bad_key_elsewhere_in_config_ini_hinders_no_termination(invoke: aws.Invoke, configure: aws.Configure) -> None:
    configure("spot_price_pct_of_ondemand = 80", "spot_price_pct_of_ondemand = cheap")
    cluster_id = aws.launch()
    assert invoke("lambda_terminate_emr", {"ClusterId": cluster_id})["Status"] == "STOPPING"
