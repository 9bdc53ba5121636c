"""What people read of a failure: every shape that a cause has, and where the message sends them."""

import json
from pathlib import Path
from typing import Any

import aws
import pytest
from moto.backends import get_backend

from pipeline_common import clients, executions, failures

NAME = "lambda_send_msg_sns"
RUNBOOK = Path(__file__).parents[2] / "docs/runbook.md"
EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:data_pipeline_v2.0_Fact_Process:m-1"
RAISED = {"errorMessage": "the event lacks `ClusterId`", "errorType": "PermanentError", "stackTrace": ["File …\n"]}
KILLED = {"errorMessage": "2026-11-22T01:00:00Z 5f3c Task timed out after 60.00 seconds"}
UNKNOWN = "The cause could not be determined because Lambda did not return an error type. Returned payload: "
STEP = {"ClusterId": "j-1", "StepId": "s-1", "Status": "ERROR"}


def caught(error: str, cause: object = None) -> str:
    """What a Catch puts aside, as the machines hand it on: `States.JsonToString($.Failure)`."""
    return json.dumps({"Error": error} if cause is None else {"Error": error, "Cause": cause})


def of_table(name: str, cause: str) -> str:
    return f"Load fact: load of table {name}: {cause}"


SHAPES = {
    "an error that a Lambda raised": (
        caught("PermanentError", json.dumps(RAISED)),
        "PermanentError: the event lacks `ClusterId`",
    ),
    "a Lambda that was stopped": (
        caught("Lambda.Unknown", UNKNOWN + json.dumps(KILLED)),
        f"Lambda.Unknown: {UNKNOWN}{KILLED['errorMessage']}",
    ),
    "Lambda itself": (
        caught("Lambda.TooManyRequestsException", "Rate Exceeded. (Service: Lambda, Status Code: 429)"),
        "Lambda.TooManyRequestsException: Rate Exceeded. (Service: Lambda, Status Code: 429)",
    ),
    "a timeout, without a cause": (caught("States.Timeout"), "States.Timeout"),
    "a timeout, with an empty cause": (caught("States.Timeout", ""), "States.Timeout"),
    "text in the language's own error": (
        caught("States.Runtime", "The JSONPath '$.Steps[0]' could not be found in the input '{\"Input\": {}"),
        "States.Runtime: The JSONPath '$.Steps[0]' could not be found in the input '{\"Input\": {}",
    ),
    "an answer that means failure": (
        f"lambda_status_step_emr answered {json.dumps(STEP)}",
        "lambda_status_step_emr answered ClusterId j-1, StepId s-1, Status ERROR",
    ),
    "too late": (
        'timed out after 3 polls in 9 seconds, the last answer was {"TargetTotalWorkers":4,"Status":"ADDING"}',
        "timed out after 3 polls in 9 seconds, the last answer was TargetTotalWorkers 4, Status ADDING",
    ),
    "tables that could not be loaded, among others": (
        "3 of 3 tables ended: "
        + json.dumps(["", of_table("a", f"it answered {json.dumps(STEP)}"), of_table("b", "no")]),
        """3 of 3 tables ended:
- Load fact: load of table a: it answered ClusterId j-1, StepId s-1, Status ERROR
- Load fact: load of table b: no""",
    ),
    "a broken table": (
        caught("TableFailed", of_table("a", caught("PermanentError", json.dumps(RAISED)))),
        "TableFailed: Load fact: load of table a: PermanentError: the event lacks `ClusterId`",
    ),
    "JSON cut in the middle": ('{"Error":"X","Cause":"{\\"errorMes', '{"Error":"X","Cause":"{\\"errorMes'),
    "brackets that are no JSON": ("config.ini: [basic] emr_region is {x}", "config.ini: [basic] emr_region is {x}"),
    "plain text": ("no such field", "no such field"),
    "nothing": (None, "none told"),
    "no text at all": ({"a": [1, True]}, "a \n- 1\n- true"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_cause_is_readable(shape: str) -> None:
    cause, said = SHAPES[shape]
    assert failures.readable(cause) == said


@pytest.mark.parametrize("cause", ["{" * 30_000, "[" * 30_000, '{"a":' * 3_000])
def test_no_cause_is_too_odd_to_be_told(cause: str) -> None:
    assert failures.readable(cause) == cause


def send(invoke: aws.Invoke, cause: object, cluster_id: str = "") -> tuple[str, str]:
    """Subject and text of what goes out."""
    topic = clients.sns().create_topic(Name="data_pipeline")["TopicArn"]
    message = {"Machine": "data_pipeline_v2.0_Fact_Process", "State": "Load fact: load", "Cause": cause}
    event = {"Message": {**message, "Execution": EXECUTION}, "ClusterId": cluster_id}
    invoke(NAME, event, TopicArn=topic, Environment="dev")
    sns: Any = get_backend("sns")[aws.ACCOUNT][aws.REGION]
    [sent] = sns.topics[topic].sent_notifications
    return sent[2], sent[1]


def test_a_failure_says_what_where_and_what_to_do(invoke: aws.Invoke) -> None:
    subject, text = send(invoke, SHAPES["an answer that means failure"][0], "j-1")
    assert subject == "failed: data_pipeline Step Workflow Status"
    assert text.splitlines() == [
        "Environment: dev",
        "State machine: data_pipeline_v2.0_Fact_Process",
        "State: Load fact: load",
        "Cluster: j-1",
        "Cause: lambda_status_step_emr answered ClusterId j-1, StepId s-1, Status ERROR",
        'What to do: docs/runbook.md, "Why a step failed"',
        f"Console: https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/{EXECUTION}",
        f"Execution: {EXECUTION}",
    ]


@pytest.mark.parametrize(
    ("cause", "section"),
    [
        (SHAPES["an error that a Lambda raised"][0], "The state file is lost"),
        (SHAPES["Lambda itself"][0], "Throttling"),
        ('lambda_check_duplicate_emr answered {"Status":"RUNNING"}', "A cluster is left over"),
        ('lambda_check_duplicate_stepfunction answered {"Status":"RUNNING"}', "What runs"),
        ('start_at is "Facts", and must be one of Fact_Process', "Run again from a point"),
        ('timed out, the last answer was {"WorkerInstanceFleetId":"if-1"}', "Spot that never comes"),
        ('lambda_status_emr answered {"ClusterId":"j-1","Status":"STOPPED"}', "Why a cluster ended"),
        (SHAPES["plain text"][0], "A message came"),
    ],
)
def test_the_cause_tells_what_to_do(invoke: aws.Invoke, cause: str, section: str) -> None:
    assert f'What to do: docs/runbook.md, "{section}"' in send(invoke, cause)[1]


def test_every_section_is_in_the_runbook() -> None:
    titles = {line.removeprefix("## ") for line in RUNBOOK.read_text().splitlines() if line.startswith("## ")}
    assert {title for _, title in failures.SECTIONS} | {failures.OTHERWISE} <= titles


def test_a_long_cause_is_cut(invoke: aws.Invoke) -> None:
    text = send(invoke, "x" * 30_000)[1]
    assert len(text) < failures.LONGEST + 1000
    assert text.endswith(EXECUTION)


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "us-east-1", "us-east-1.console.aws.amazon.com"),
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_each_partition_has_its_console(partition: str, region: str, host: str) -> None:
    arn = f"arn:{partition}:states:{region}:123456789012:execution:Master:m-1"
    address = f"https://{host}/states/home?region={region}#/v2/executions/details/{arn}"
    assert executions.console(arn) == address


def test_what_is_no_arn_has_no_address() -> None:
    assert executions.console("arn:e") == ""
