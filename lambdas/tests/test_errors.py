"""Which failures the state machines retry, and that they hear of them by the names they match."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aws
import pytest
from botocore import exceptions as botocore
from botocore.parsers import ResponseParserError
from botocore.retries import standard

from pipeline_common import clients, errors

ENDPOINT = {"endpoint_url": "https://elasticmapreduce"}
ANSWERS: list[tuple[str, int, str]] = [
    ("ThrottlingException", 400, "TransientError"),
    ("Throttling", 400, "TransientError"),
    ("ThrottledException", 429, "TransientError"),
    ("TooManyRequestsException", 429, "TransientError"),
    ("RequestLimitExceeded", 503, "TransientError"),
    ("SlowDown", 503, "TransientError"),
    ("InternalServerError", 400, "TransientError"),
    ("InternalServerException", 400, "TransientError"),
    ("InternalError", 400, "TransientError"),
    ("InternalFailure", 400, "TransientError"),
    ("ServiceUnavailable", 400, "TransientError"),
    ("KMSThrottling", 400, "TransientError"),
    ("Throttled", 400, "TransientError"),
    ("KmsThrottlingException", 400, "TransientError"),
    ("InternalFailure", 500, "TransientError"),
    ("AnythingNew", 500, "TransientError"),
    ("AnythingNew", 503, "TransientError"),
    ("AnythingNew", 400, "PermanentError"),
    ("InvalidRequestException", 400, "PermanentError"),
    ("ValidationException", 400, "PermanentError"),
    ("AccessDeniedException", 400, "PermanentError"),
    ("AccessDenied", 403, "PermanentError"),
    ("ExecutionDoesNotExist", 400, "PermanentError"),
]
FAILURES = [
    (botocore.EndpointConnectionError(**ENDPOINT), errors.TransientError),
    (botocore.ConnectTimeoutError(**ENDPOINT), errors.TransientError),
    (botocore.ReadTimeoutError(**ENDPOINT), errors.TransientError),
    (botocore.ConnectionClosedError(**ENDPOINT), errors.TransientError),
    (botocore.IncompleteReadError(actual_bytes=1, expected_bytes=2), errors.TransientError),
    (ResponseParserError("<html>502 Bad Gateway</html>"), errors.TransientError),
    (botocore.NoCredentialsError(), errors.PermanentError),
    (botocore.ParamValidationError(report="Invalid type"), errors.PermanentError),
]
# For each Lambda an event that gets it as far as AWS, and the service whose answer decides.
DETAIL = {"executionArn": "arn:e", "name": "m-1", "status": "FAILED", "stateMachineArn": "arn:m:stateMachine:M"}
STEP = {"Step_Name": "load", "Cmd_Run": "true"}
FLEET = {"WorkerInstanceFleetId": "if-1", "TargetTotalWorkers": 1}
REACHES: dict[str, tuple[dict[str, Any], str]] = {
    "lambda_add_worker_instances_emr": ({"ClusterId": "j-1"}, "emr"),
    "lambda_check_duplicate_emr": ({}, "emr"),
    "lambda_check_duplicate_stepfunction": ({"currentStepName": "M"}, "stepfunctions"),
    "lambda_launch_emr": ({"RequestId": "m-1-Launch"}, "emr"),
    "lambda_read_state_info_from_s3": ({}, "s3"),
    "lambda_remove_state_info_from_s3": ({}, "s3"),
    "lambda_report_failed_execution": ({"detail": DETAIL}, "emr"),
    "lambda_send_msg_sns": ({"Message": "done"}, "sns"),
    "lambda_status_add_worker_instances_emr": ({"ClusterId": "j-1", **FLEET}, "emr"),
    "lambda_status_emr": ({"ClusterId": "j-1"}, "emr"),
    "lambda_status_step_emr": ({"ClusterId": "j-1", "StepId": "s-1"}, "emr"),
    "lambda_status_stepfunction": ({"executionArn": "arn:e"}, "stepfunctions"),
    "lambda_stop_orphan_clusters": ({}, "emr"),
    "lambda_submit_cmd_run_step_emr": ({"ClusterId": "j-1", "NextStepNameAndCmd": STEP}, "emr"),
    "lambda_submit_stepfunction": ({"nextStateMachineArn": "arn:m:stateMachine:M"}, "stepfunctions"),
    "lambda_terminate_emr": ({"ClusterId": "j-1"}, "emr"),
    "lambda_write_state_info_to_s3": ({"ClusterId": "j-1"}, "s3"),
}


@contextmanager
def answering(service: str, code: str, status: int) -> Iterator[None]:
    """Every call of a service is answered with this error, without the SDK's own retries."""
    parsed = {"Error": {"Code": code, "Message": "said AWS"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    found: list[Any] = [clients.emr(aws.REGION), clients.emr_once(aws.REGION)]
    found = found if service == "emr" else [getattr(clients, service)()]

    class Http:
        status_code = status

    def answer(**_: object) -> tuple[type[Http], dict[str, object]]:
        return Http, parsed

    for client in found:
        client.meta.events.register("before-call.*.*", answer)
    try:
        yield
    finally:
        for client in found:
            client.meta.events.unregister("before-call.*.*", answer)


@pytest.mark.parametrize(("code", "status", "name"), ANSWERS)
def test_an_answer_of_aws_by_its_code_and_status(invoke: aws.Invoke, code: str, status: int, name: str) -> None:
    with answering("emr", code, status), pytest.raises(Exception, match=f"lambda_status_emr: .*{code}") as caught:
        invoke("lambda_status_emr", {"ClusterId": "j-1"})
    assert type(caught.value).__name__ == name


def test_what_the_sdk_retries_the_state_machines_retry() -> None:
    sdk: Any = standard
    codes = sdk.ThrottledRetryableChecker._THROTTLED_ERROR_CODES + sdk.TransientRetryableChecker._TRANSIENT_ERROR_CODES
    assert set(codes) <= errors.TRANSIENT_CODES


@pytest.mark.parametrize(("failure", "kind"), FAILURES, ids=lambda value: type(value).__name__)
def test_a_failure_without_an_answer(failure: Exception, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="asking: ") as caught, errors.translated("asking"):
        raise failure
    assert caught.value.__cause__ is failure


@pytest.mark.parametrize("name", aws.LAMBDAS)
@pytest.mark.parametrize(
    ("code", "kind"), [("ThrottlingException", errors.TransientError), ("AccessDenied", errors.PermanentError)]
)
def test_every_lambda_raises_the_two_errors(
    invoke: aws.Invoke, logged: aws.Logged, name: str, code: str, kind: type[Exception]
) -> None:
    event, service = REACHES[name]
    topic = clients.sns().create_topic(Name="data_pipeline")["TopicArn"]
    with answering(service, code, 400), pytest.raises(kind):
        invoke(name, event, TopicArn=topic, StateMachineArns="arn:m:stateMachine:M", Grace_Minutes="0")
    last = logged()[-1]
    assert (last["level"], last["function"], last["error"]) == ("ERROR", name, kind.__name__)


def test_other_errors_keep_their_names() -> None:
    with pytest.raises(KeyError), errors.translated("counting"):
        raise KeyError("a bug")


def test_the_names_that_state_machines_match_are_classes_here() -> None:
    assert (errors.RETRIED, errors.NOT_RETRIED) == (("TransientError",), ("PermanentError",))
    for name in (*errors.RETRIED, *errors.NOT_RETRIED):
        assert issubclass(getattr(errors, name), Exception)
