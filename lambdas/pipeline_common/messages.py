"""Messages to the people who subscribe to the pipeline's topic."""

import json

from pipeline_common import clients
from pipeline_common.inputs import variable

SUBJECT = "data_pipeline Step Workflow Status"


def publish(message: object) -> None:
    """Publish text as it is and any other JSON value indented, to the variable `TopicArn`."""
    text = message if isinstance(message, str) else json.dumps(message, indent=2)
    topic, subject = variable("TopicArn"), variable("Subject", default=SUBJECT)
    clients.sns().publish(TopicArn=topic, Subject=subject, Message=text)
