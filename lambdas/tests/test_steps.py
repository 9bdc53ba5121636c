"""lambda_submit_cmd_run_step_emr and lambda_status_step_emr."""

from typing import Any

import aws
import pytest

from pipeline_common import clients
from pipeline_common.errors import PermanentError

SUBMIT, ASK = "lambda_submit_cmd_run_step_emr", "lambda_status_step_emr"
LOAD = {"Step_Name": "load", "Cmd_Run": "hive -v -f 's3://b/a b.sql' --hivevar day=2026-11-22"}
STATUS = {
    "PENDING": "SUBMITTED",
    "RUNNING": "SUBMITTED",
    "CANCEL_PENDING": "SUBMITTED",
    "COMPLETED": "SUCCESS",
    "CANCELLED": "ERROR",
    "FAILED": "ERROR",
    "INTERRUPTED": "ERROR",
}


def steps(cluster_id: str) -> list[Any]:
    return list(clients.emr(aws.REGION).list_steps(ClusterId=cluster_id)["Steps"])


def test_submits_the_command_as_arguments(invoke: aws.Invoke) -> None:
    cluster_id = aws.launch()
    result = invoke(SUBMIT, {"ClusterId": cluster_id, "NextStepNameAndCmd": LOAD})
    [step] = steps(cluster_id)
    assert result == {"ClusterId": cluster_id, "StepId": step["Id"], "Status": "SUBMITTED"}
    assert (step["Name"], step["ActionOnFailure"]) == ("load", "CANCEL_AND_WAIT")
    assert step["Config"]["Jar"] == "command-runner.jar"
    assert step["Config"]["Args"] == ["hive", "-v", "-f", "s3://b/a b.sql", "--hivevar", "day=2026-11-22"]


def test_the_variables_serve_when_the_event_names_no_step(invoke: aws.Invoke) -> None:
    cluster_id = aws.launch()
    invoke(SUBMIT, {"ClusterId": cluster_id}, Step_Name="from variables", Cmd_Run="bash -c 'a && b'")
    [step] = steps(cluster_id)
    assert (step["Name"], step["Config"]["Args"]) == ("from variables", ["bash", "-c", "a && b"])


def test_the_event_wins_over_the_variables(invoke: aws.Invoke) -> None:
    cluster_id = aws.launch()
    invoke(SUBMIT, {"ClusterId": cluster_id, "NextStepNameAndCmd": LOAD}, Step_Name="other", Cmd_Run="other")
    assert [step["Name"] for step in steps(cluster_id)] == ["load"]


def test_steps_side_by_side_go_on_after_a_failure(invoke: aws.Invoke, configure: aws.Configure) -> None:
    configure("step_concurrency = 1", "step_concurrency = 2")
    cluster_id = aws.launch()
    invoke(SUBMIT, {"ClusterId": cluster_id, "NextStepNameAndCmd": LOAD})
    assert steps(cluster_id)[0]["ActionOnFailure"] == "CONTINUE"


def test_a_repeated_request_finds_the_step_of_the_first(invoke: aws.Invoke) -> None:
    cluster_id = aws.launch()
    event = {"ClusterId": cluster_id, "NextStepNameAndCmd": LOAD, "RequestId": "m-1-Load"}
    first = invoke(SUBMIT, event)
    assert invoke(SUBMIT, event) == first
    assert [step["Name"] for step in steps(cluster_id)] == ["load m-1-Load"]


def test_a_request_is_found_behind_the_first_page(invoke: aws.Invoke) -> None:
    cluster_id = aws.launch()
    event = {"ClusterId": cluster_id, "NextStepNameAndCmd": LOAD}
    first = invoke(SUBMIT, {**event, "RequestId": "m-1-Load"})
    for count in range(60):
        invoke(SUBMIT, {**event, "RequestId": f"m-1-Other-{count}"})
    assert len(steps(cluster_id)) < 61
    assert invoke(SUBMIT, {**event, "RequestId": "m-1-Load"}) == first


def test_a_request_whose_id_ends_like_another_is_another(invoke: aws.Invoke) -> None:
    cluster_id = aws.launch()
    event = {"ClusterId": cluster_id, "NextStepNameAndCmd": LOAD}
    ids = {invoke(SUBMIT, {**event, "RequestId": request})["StepId"] for request in ("m-1-Load", "1-Load")}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"Step_Name": "load"}, "neither `Cmd_Run`"),
        ({"Cmd_Run": "true"}, "neither `Step_Name`"),
        ({"Step_Name": "load", "Cmd_Run": "hive -e 'select 1"}, "cannot split the command"),
        ({"Step_Name": "load", "Cmd_Run": "   "}, "holds no word"),
    ],
)
def test_a_bad_step_is_a_permanent_error(invoke: aws.Invoke, step: dict[str, str], message: str) -> None:
    cluster_id = aws.launch()
    with pytest.raises(PermanentError, match=message):
        invoke(SUBMIT, {"ClusterId": cluster_id, "NextStepNameAndCmd": step})
    assert steps(cluster_id) == []


@pytest.mark.parametrize(("state", "status"), STATUS.items())
def test_status_of_a_step_in_each_state(invoke: aws.Invoke, logged: aws.Logged, state: str, status: str) -> None:
    cluster_id = aws.launch()
    step_id = invoke(SUBMIT, {"ClusterId": cluster_id, "NextStepNameAndCmd": LOAD})["StepId"]
    aws.cluster(cluster_id).steps[0].state = state
    event = {"ClusterId": cluster_id, "StepId": step_id}
    logged()
    assert invoke(ASK, event) == {**event, "Status": status}
    assert logged()[0]["state"] == state


def test_every_state_that_emr_knows_has_a_status() -> None:
    assert aws.named_by_aws(clients.emr(aws.REGION), "StepState") == set(STATUS)


@pytest.mark.parametrize("missing", ["ClusterId", "StepId"])
def test_what_the_event_lacks_is_named(invoke: aws.Invoke, missing: str) -> None:
    event = {"ClusterId": "j-1", "StepId": "s-1", missing: ""}
    with pytest.raises(PermanentError, match=f"lacks `{missing}`"):
        invoke(ASK, event)
