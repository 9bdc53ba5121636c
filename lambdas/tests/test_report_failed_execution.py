"""lambda_report_failed_execution: the message it sends and the cluster it ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aws
import pytest
from botocore.stub import Stubber
from moto.backends import get_backend

from pipeline_common import clients, executions
from pipeline_common.errors import PermanentError

NAME = "lambda_report_failed_execution"
OURS = {"pipeline": "data_pipeline"}
HEAD = f"arn:aws:states:{aws.REGION}:{aws.ACCOUNT}"


class World:
    """Two machines, a topic, and the event of an execution of the first that went wrong."""

    def __init__(self, invoke: aws.Invoke) -> None:
        self.invoke = invoke
        self.master, self.launch = aws.machine("Master"), aws.machine("Launch_EMR_Cluster")
        self.topic = clients.sns().create_topic(Name="data_pipeline")["TopicArn"]

    def report(self, name: str, status: str = "FAILED", **detail: Any) -> Any:
        about = {"executionArn": f"{HEAD}:execution:Master:{name}", "stateMachineArn": self.master, "name": name}
        event = {"source": "aws.states", "detail": {**about, "status": status, **detail}}
        return self.invoke(NAME, event, StateMachineArns=f"{self.master},{self.launch}", TopicArn=self.topic)

    def messages(self) -> list[str]:
        return [sent[1] for sent in get_backend("sns")[aws.ACCOUNT][aws.REGION].topics[self.topic].sent_notifications]


@pytest.fixture
def world(invoke: aws.Invoke) -> World:
    return World(invoke)


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_says_what_happened_and_ends_the_cluster(world: World, status: str) -> None:
    cluster_id = aws.launch(**OURS, RequestId="m-1-Launch")
    result = world.report("m-1", status, error="States.Runtime", cause="no such field")
    assert result == {"TerminatedClusterIds": [cluster_id], "Status": "SENT"}
    assert aws.state_of(cluster_id) == "TERMINATED"
    [message] = world.messages()
    assert message.splitlines() == [
        "Environment: unknown",
        "State machine: Master",
        f"Status: {status}",
        "Error: States.Runtime",
        f"Clusters terminated: {cluster_id}",
        "Cause: no such field",
        'What to do: docs/runbook.md, "The failure rule speaks"',
        f"Console: {executions.console(f'{HEAD}:execution:Master:m-1')}",
        f"Execution: {HEAD}:execution:Master:m-1",
    ]


@pytest.mark.parametrize("detail", [{}, {"error": None, "cause": None}])
def test_says_so_when_there_is_no_cause(world: World, detail: dict[str, None]) -> None:
    assert world.report("m-1", "ABORTED", **detail) == {"TerminatedClusterIds": [], "Status": "SENT"}
    [message] = world.messages()
    assert "Status: ABORTED\nClusters terminated: none\nCause: none told\n" in message


def test_an_execution_that_notified_only_has_its_cluster_ended(world: World) -> None:
    cluster_id = aws.launch(**OURS, ExecutionName="m-1")
    result = world.report("m-1", error="Notified.LoadFailed", cause="step failed")
    assert result == {"TerminatedClusterIds": [cluster_id], "Status": "NOTSENT"}
    assert world.messages() == []


def test_the_same_event_twice_terminates_once(world: World) -> None:
    cluster_id = aws.launch(**OURS, ExecutionName="m-1")
    assert [world.report("m-1")["TerminatedClusterIds"] for _ in range(2)] == [[cluster_id], []]


@pytest.mark.parametrize("tags", [{}, {"ExecutionName": "m-2"}, {"RequestId": "m-10-Launch"}])
def test_leaves_clusters_of_others(world: World, tags: dict[str, str]) -> None:
    aws.launch(**OURS, **tags)
    assert world.report("m-1")["TerminatedClusterIds"] == []


def test_leaves_another_pipelines_cluster(world: World) -> None:
    aws.launch(pipeline="other", ExecutionName="m-1")
    assert world.report("m-1")["TerminatedClusterIds"] == []


def test_leaves_the_cluster_to_the_master_that_still_runs(world: World) -> None:
    aws.launch(**OURS, ExecutionName="m-1-Launch_EMR_Cluster")
    aws.start(world.master, "m-1")
    assert world.report("m-1-Launch_EMR_Cluster")["TerminatedClusterIds"] == []


def test_ends_the_cluster_that_only_its_own_child_still_waits_for(world: World) -> None:
    cluster_id = aws.launch(**OURS, ExecutionName="m-1-Launch_EMR_Cluster")
    aws.start(world.launch, "m-1-Launch_EMR_Cluster")
    assert world.report("m-1")["TerminatedClusterIds"] == [cluster_id]


def test_leaves_the_cluster_to_an_execution_of_the_same_name_of_another_machine(world: World) -> None:
    aws.launch(**OURS, ExecutionName="m-1")
    aws.start(world.launch, "m-1")
    assert world.report("m-1")["TerminatedClusterIds"] == []


def test_a_list_that_still_shows_the_ended_execution_hinders_nothing(world: World) -> None:
    cluster_id = aws.launch(**OURS, ExecutionName="m-1")
    aws.start(world.master, "m-1")
    assert world.report("m-1")["TerminatedClusterIds"] == [cluster_id]


def test_leaves_a_cluster_that_is_kept(world: World) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    aws.launch(**OURS, ExecutionName="m-1", keep_until=until.isoformat())
    assert world.report("m-1")["TerminatedClusterIds"] == []


def test_the_cluster_ends_even_when_the_message_cannot_be_sent(world: World) -> None:
    cluster_id = aws.launch(**OURS, ExecutionName="m-1")
    with Stubber(clients.sns()) as sns:
        sns.add_client_error("publish", "AuthorizationError", http_status_code=403)
        with pytest.raises(PermanentError, match="AuthorizationError"):
            world.report("m-1")
    assert aws.state_of(cluster_id) == "TERMINATED"


def test_a_message_goes_out_even_when_the_event_says_little(world: World) -> None:
    event = {"detail": {"executionArn": "arn:e", "name": "m-1"}}
    assert world.invoke(NAME, event, StateMachineArns=world.master, TopicArn=world.topic)["Status"] == "SENT"
    assert world.messages()[0].endswith("Execution: arn:e")


@pytest.mark.parametrize("error", ["States.Runtime", "Notified.LoadFailed"])
def test_people_hear_of_a_failed_clean_up(world: World, error: str) -> None:
    with Stubber(clients.emr(aws.REGION)) as emr:
        emr.add_client_error("list_clusters", "AccessDeniedException", http_status_code=400)
        with pytest.raises(PermanentError, match="AccessDenied"):
            world.report("m-1", error=error)
    [message] = world.messages()
    assert "Clusters terminated: unknown, the clean-up failed: An error occurred (AccessDeniedException)" in message


@pytest.mark.parametrize("detail", [{"executionArn": ""}, {"executionArn": "arn:e", "name": None}])
def test_what_the_event_lacks_is_named(invoke: aws.Invoke, detail: dict[str, object]) -> None:
    [missing] = [key for key in ("executionArn", "name") if not detail.get(key, "m-1")]
    with pytest.raises(PermanentError, match=f"lacks `{missing}`"):
        invoke(NAME, {"detail": detail})


def test_an_event_of_another_kind_is_a_permanent_error(invoke: aws.Invoke) -> None:
    with pytest.raises(PermanentError, match="lacks `executionArn`"):
        invoke(NAME, {"source": "aws.emr"})
