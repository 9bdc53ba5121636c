"""lambda_send_msg_sns."""

import aws
import pytest
from botocore.stub import Stubber

from pipeline_common import clients
from pipeline_common.errors import PermanentError

NAME, TOPIC = "lambda_send_msg_sns", "arn:aws:sns:eu-west-1:123456789012:data_pipeline"
SUBJECT = "data_pipeline Step Workflow Status"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("All Step Successful", "All Step Successful"),
        ({"Error": "PermanentError"}, '{\n  "Error": "PermanentError"\n}'),
        (0, "0"),
    ],
)
def test_publishes_the_message(invoke: aws.Invoke, message: object, text: str) -> None:
    expected = {"TopicArn": TOPIC, "Subject": SUBJECT, "Message": text}
    with Stubber(clients.sns()) as sns:
        sns.add_response("publish", {"MessageId": "1"}, expected)
        assert invoke(NAME, {"Message": message}, TopicArn=TOPIC) is None


def test_the_variable_gives_the_subject(invoke: aws.Invoke) -> None:
    with Stubber(clients.sns()) as sns:
        sns.add_response("publish", {}, {"TopicArn": TOPIC, "Subject": "dev", "Message": "done"})
        invoke(NAME, {"Message": "done"}, TopicArn=TOPIC, Subject="dev")


@pytest.mark.parametrize("event", [{}, {"Message": ""}, {"Message": None}])
def test_no_message_is_a_permanent_error(invoke: aws.Invoke, event: object) -> None:
    with pytest.raises(PermanentError, match="lacks `Message`"):
        invoke(NAME, event, TopicArn=TOPIC)


def test_no_topic_is_a_permanent_error(invoke: aws.Invoke) -> None:
    with pytest.raises(PermanentError, match="`TopicArn` is not set"):
        invoke(NAME, {"Message": "done"})


def test_a_topic_that_is_not_there_is_a_permanent_error(invoke: aws.Invoke) -> None:
    with pytest.raises(PermanentError, match="NotFound"):
        invoke(NAME, {"Message": "done"}, TopicArn=TOPIC)
