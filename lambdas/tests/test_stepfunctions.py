"""lambda_submit_stepfunction, lambda_status_stepfunction, lambda_check_duplicate_stepfunction."""

import json
from datetime import UTC, datetime

import aws
import pytest
from botocore.stub import Stubber

from pipeline_common import clients
from pipeline_common.errors import PermanentError

SUBMIT, ASK, CHECK = (
    "lambda_submit_stepfunction",
    "lambda_status_stepfunction",
    "lambda_check_duplicate_stepfunction",
)
MASTER = "data_pipeline_v2.0_Master"
STATUS = {
    "RUNNING": "RUNNING",
    "PENDING_REDRIVE": "RUNNING",
    "SUCCEEDED": "SUCCESS",
    "FAILED": "ERROR",
    "TIMED_OUT": "ERROR",
    "ABORTED": "ERROR",
}


def executions(machine_arn: str) -> list[str]:
    found = clients.stepfunctions().list_executions(stateMachineArn=machine_arn)["executions"]
    return [execution["name"] for execution in found]


def test_starts_the_machine_of_the_event_with_the_event_as_input(invoke: aws.Invoke) -> None:
    arn = aws.machine("Dimension_Process")
    event = {"nextStateMachineArn": arn, "ClusterId": "j-1", "RequestId": "m-1-Run", "ExecutionName": "m-1"}
    result = invoke(SUBMIT, event, stateMachineArn="arn:other")
    started = clients.stepfunctions().describe_execution(executionArn=result["executionArn"])
    assert result["Status"] == "SUBMITTED"
    assert (started["stateMachineArn"], started["name"]) == (arn, "m-1-Run")
    assert json.loads(started["input"]) == {"nextStateMachineArn": arn, "ClusterId": "j-1"}


def test_starts_the_machine_of_the_variable(invoke: aws.Invoke) -> None:
    arn = aws.machine("Dimension_Process")
    for _ in range(2):
        invoke(SUBMIT, {}, stateMachineArn=arn)
    assert len(executions(arn)) == 2


def test_a_repeated_request_returns_the_running_execution(invoke: aws.Invoke) -> None:
    arn = aws.machine("Dimension_Process")
    event = {"nextStateMachineArn": arn, "RequestId": "m-1-Run"}
    assert invoke(SUBMIT, event) == invoke(SUBMIT, event)
    assert executions(arn) == ["m-1-Run"]


@pytest.mark.parametrize("qualifier", ["", ":7", ":PROD"])
def test_a_repeated_request_returns_the_ended_execution(invoke: aws.Invoke, qualifier: str) -> None:
    arn = aws.machine("Dimension_Process")
    ended = aws.start(arn, "m-1-Run")
    clients.stepfunctions().stop_execution(executionArn=ended)
    with Stubber(clients.stepfunctions()) as stubber:
        stubber.add_client_error("start_execution", "ExecutionAlreadyExists", http_status_code=400)
        event = {"nextStateMachineArn": arn + qualifier, "RequestId": "m-1-Run"}
        assert invoke(SUBMIT, event) == {"executionArn": ended, "Status": "SUBMITTED"}


def test_moto_agrees_that_an_ended_execution_keeps_its_name(invoke: aws.Invoke) -> None:
    arn = aws.machine("Dimension_Process")
    event = {"nextStateMachineArn": arn, "RequestId": "m-1-Run"}
    first = invoke(SUBMIT, event)
    clients.stepfunctions().stop_execution(executionArn=first["executionArn"])
    assert invoke(SUBMIT, event) == first
    assert executions(arn) == ["m-1-Run"]


def test_no_machine_is_a_permanent_error(invoke: aws.Invoke) -> None:
    with pytest.raises(PermanentError, match="neither `nextStateMachineArn`"):
        invoke(SUBMIT, {})


@pytest.mark.parametrize(("state", "status"), STATUS.items())
def test_status_of_an_execution_in_each_state(invoke: aws.Invoke, state: str, status: str) -> None:
    arn = "arn:aws:states:eu-west-1:123456789012:execution:Dimension_Process:m-1-Run"
    answer = {
        "executionArn": arn,
        "stateMachineArn": arn.replace("execution", "stateMachine"),
        "status": state,
        "startDate": datetime.now(UTC),
    }
    with Stubber(clients.stepfunctions()) as stubber:
        stubber.add_response("describe_execution", answer, {"executionArn": arn})
        assert invoke(ASK, {"executionArn": arn}) == {"executionArn": arn, "ClusterId": "", "Status": status}


@pytest.mark.parametrize(
    ("output", "cluster_id"),
    [('{"ClusterId": "j-1"}', "j-1"), ('{"ClusterId": null}', ""), ("{}", ""), ("[1]", ""), ("null", "")],
)
def test_an_execution_that_succeeded_hands_over_its_cluster(invoke: aws.Invoke, output: str, cluster_id: str) -> None:
    arn = "arn:aws:states:eu-west-1:123456789012:execution:Launch_EMR_Cluster:m-1-Run"
    answer = {
        "executionArn": arn,
        "stateMachineArn": arn.replace("execution", "stateMachine"),
        "status": "SUCCEEDED",
        "startDate": datetime.now(UTC),
        "output": output,
    }
    with Stubber(clients.stepfunctions()) as stubber:
        stubber.add_response("describe_execution", answer, {"executionArn": arn})
        assert invoke(ASK, {"executionArn": arn})["ClusterId"] == cluster_id


def test_every_status_that_step_functions_knows_has_one_here() -> None:
    assert aws.named_by_aws(clients.stepfunctions(), "ExecutionStatus") == set(STATUS)


def test_status_of_no_execution_is_a_permanent_error(invoke: aws.Invoke) -> None:
    with pytest.raises(PermanentError, match="lacks `executionArn`"):
        invoke(ASK, {})


@pytest.mark.parametrize(("running", "status"), [(0, "NOTRUNNING"), (1, "NOTRUNNING"), (2, "RUNNING"), (3, "RUNNING")])
def test_more_than_one_running_execution_is_a_duplicate(invoke: aws.Invoke, running: int, status: str) -> None:
    arn = aws.machine(MASTER)
    for count in range(running):
        aws.start(arn, f"m-{count}")
    assert invoke(CHECK, {"currentStepName": MASTER}) == {"Status": status}
    assert invoke(CHECK, {"currentStepName": arn}) == {"Status": status}
    assert invoke(CHECK, {}, currentStepName=MASTER) == {"Status": status}


def test_ended_executions_do_not_count(invoke: aws.Invoke) -> None:
    arn = aws.machine(MASTER)
    for count in range(3):
        clients.stepfunctions().stop_execution(executionArn=aws.start(arn, f"m-{count}"))
    aws.start(arn, "m-now")
    assert invoke(CHECK, {"currentStepName": MASTER}) == {"Status": "NOTRUNNING"}


def test_the_machine_is_found_behind_the_first_page(invoke: aws.Invoke) -> None:
    for count in range(101):
        aws.machine(f"a{count:03}")
    arn = aws.machine(MASTER)
    for name in ("m-1", "m-2"):
        aws.start(arn, name)
    first_page = clients.stepfunctions().list_state_machines()["stateMachines"]
    assert MASTER not in [machine["name"] for machine in first_page]
    assert invoke(CHECK, {"currentStepName": MASTER}) == {"Status": "RUNNING"}


def test_a_machine_that_is_not_there_is_a_permanent_error(invoke: aws.Invoke) -> None:
    with pytest.raises(PermanentError, match="no state machine named `Nobody`"):
        invoke(CHECK, {"currentStepName": "Nobody"})
