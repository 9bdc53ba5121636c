"""lambda_stop_orphan_clusters: which clusters it ends, which it leaves alone, and what it tells CloudWatch."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aws
import pytest
from botocore.stub import Stubber

from pipeline_common import clients
from pipeline_common.errors import PermanentError

NAME = "lambda_stop_orphan_clusters"
OURS = {"pipeline": "data_pipeline"}


@pytest.fixture
def machines() -> list[str]:
    return [aws.machine(name) for name in ("Master", "Launch_EMR_Cluster")]


def run(invoke: aws.Invoke, machines: list[str], grace: str = "0") -> Any:
    return invoke(NAME, {"time": "now"}, StateMachineArns=", ".join(machines), Grace_Minutes=grace)


def test_terminates_what_no_execution_owns(invoke: aws.Invoke, machines: list[str]) -> None:
    orphan = aws.launch(**OURS, RequestId="m-0-Launch")
    aws.start(machines[0], "m-1")
    assert run(invoke, machines)["TerminatedClusterIds"] == [orphan]
    assert aws.state_of(orphan) == "TERMINATED"


def test_a_second_run_finds_nothing(invoke: aws.Invoke, machines: list[str]) -> None:
    aws.launch(**OURS)
    run(invoke, machines)
    assert run(invoke, machines) == {"TerminatedClusterIds": [], "OldestClusterAgeMinutes": 0}


@pytest.mark.parametrize(
    "tags",
    [
        {"ExecutionName": "m-1"},
        {"RequestId": "m-1-Launch"},
        {"ExecutionName": "m-1-Launch_EMR_Cluster"},
        {"ExecutionName": "by-hand", "RequestId": "m-1-Launch"},
    ],
)
@pytest.mark.parametrize("index", [0, 1])
def test_leaves_what_a_running_execution_owns(
    invoke: aws.Invoke, machines: list[str], tags: dict[str, str], index: int
) -> None:
    aws.launch(**OURS, **tags)
    aws.start(machines[index], "m-1")
    assert run(invoke, machines)["TerminatedClusterIds"] == []


def test_an_execution_that_has_ended_owns_nothing(invoke: aws.Invoke, machines: list[str]) -> None:
    orphan = aws.launch(**OURS, ExecutionName="m-1")
    clients.stepfunctions().stop_execution(executionArn=aws.start(machines[0], "m-1"))
    assert run(invoke, machines)["TerminatedClusterIds"] == [orphan]


@pytest.mark.parametrize("tags", [{}, {"pipeline": "other"}])
def test_leaves_clusters_that_are_not_ours(invoke: aws.Invoke, machines: list[str], tags: dict[str, str]) -> None:
    aws.launch(**tags)
    assert run(invoke, machines) == {"TerminatedClusterIds": [], "OldestClusterAgeMinutes": 0}


def test_waits_until_the_grace_is_over(invoke: aws.Invoke, machines: list[str]) -> None:
    cluster_id = aws.launch(**OURS)
    age(cluster_id, minutes=29)
    assert run(invoke, machines, grace="30") == {"TerminatedClusterIds": [], "OldestClusterAgeMinutes": 29}
    age(cluster_id, minutes=30)
    assert run(invoke, machines, grace="30")["TerminatedClusterIds"] == [cluster_id]


@pytest.mark.parametrize(
    ("hours", "zone", "kept"), [(1, UTC, True), (1, None, True), (-1, UTC, False), (-1, None, False)]
)
def test_keep_until_counts_while_it_lies_ahead(
    invoke: aws.Invoke, machines: list[str], hours: int, zone: Any, kept: bool
) -> None:
    until = (datetime.now(UTC) + timedelta(hours=hours)).replace(tzinfo=zone)
    cluster_id = aws.launch(**OURS, keep_until=until.isoformat())
    assert run(invoke, machines)["TerminatedClusterIds"] == ([] if kept else [cluster_id])


def test_keep_until_that_is_no_time_keeps_nothing(invoke: aws.Invoke, machines: list[str]) -> None:
    cluster_id = aws.launch(**OURS, keep_until="tomorrow")
    assert run(invoke, machines)["TerminatedClusterIds"] == [cluster_id]


def test_the_cluster_in_the_state_file_serves_any_machine_that_runs(invoke: aws.Invoke, machines: list[str]) -> None:
    used, orphan = aws.launch(**OURS), aws.launch(**OURS)
    aws.put(aws.STATE_KEY, used)
    running = aws.start(machines[1], "by-hand")
    assert run(invoke, machines)["TerminatedClusterIds"] == [orphan]
    clients.stepfunctions().stop_execution(executionArn=running)
    assert run(invoke, machines)["TerminatedClusterIds"] == [used]


def test_publishes_the_age_of_the_oldest_and_the_count(
    invoke: aws.Invoke, machines: list[str], logged: aws.Logged
) -> None:
    for minutes in (95, 40):
        age(aws.launch(**OURS), minutes=minutes)
    logged()
    run(invoke, machines)
    assert published(logged()) == {"OldestClusterAgeMinutes": 95, "OrphanClustersTerminated": 2}


def test_publishes_zeros_when_there_is_nothing(invoke: aws.Invoke, machines: list[str], logged: aws.Logged) -> None:
    run(invoke, machines)
    assert published(logged()) == {"OldestClusterAgeMinutes": 0, "OrphanClustersTerminated": 0}


def test_publishes_the_age_even_when_the_clean_up_fails(
    invoke: aws.Invoke, stubbed_emr: Stubber, logged: aws.Logged
) -> None:
    created = {"CreationDateTime": datetime.now(UTC) - timedelta(minutes=61)}
    status = {"State": "WAITING", "Timeline": created}
    tags = [{"Key": "pipeline", "Value": "data_pipeline"}]
    stubbed_emr.add_response("list_clusters", {"Clusters": [{"Id": "j-1", "Name": "n", "Status": status}]})
    stubbed_emr.add_response("describe_cluster", {"Cluster": {"Id": "j-1", "Tags": tags}})
    stubbed_emr.add_client_error("terminate_job_flows", "ValidationException", "is protected", http_status_code=400)
    with pytest.raises(PermanentError, match="is protected"):
        run(invoke, [aws.machine("Master")])
    assert published(logged()) == {"OldestClusterAgeMinutes": 61}


@pytest.mark.parametrize(
    ("variable", "value"), [("StateMachineArns", ""), ("Grace_Minutes", ""), ("Grace_Minutes", "x")]
)
def test_a_bad_variable_is_named(invoke: aws.Invoke, machines: list[str], variable: str, value: str) -> None:
    variables = {"StateMachineArns": machines[0], "Grace_Minutes": "0", variable: value}
    with pytest.raises(PermanentError, match=variable):
        invoke(NAME, {}, **variables)


def age(cluster_id: str, minutes: int) -> None:
    aws.cluster(cluster_id).creation_datetime = datetime.now(UTC) - timedelta(minutes=minutes, seconds=30)


def published(lines: list[dict[str, Any]]) -> dict[str, int]:
    """The values of the lines in embedded metric format, each of which must define what it holds."""
    values: dict[str, int] = {}
    for line in lines:
        if "_aws" in line:
            [definition] = line["_aws"]["CloudWatchMetrics"]
            assert (definition["Namespace"], definition["Dimensions"]) == ("DataPipeline", [["Pipeline"]])
            assert line["Pipeline"] == "data_pipeline"
            assert {metric["Unit"] for metric in definition["Metrics"]} == {"Count"}
            values |= {metric["Name"]: line[metric["Name"]] for metric in definition["Metrics"]}
    return values
