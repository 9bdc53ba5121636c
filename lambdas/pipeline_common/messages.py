"""Messages to the people who subscribe to the pipeline's topic."""

import json

from pipeline_common import clients
from pipeline_common.inputs import variable

SUBJECT = "data_pipeline Step Workflow Status"
LONGEST = 100  # characters of a subject (SNS API, `Publish`)


def publish(message: object, about: str = "") -> None:
    """Publish text as it is and any other JSON value indented, to the variable `TopicArn`.

    `about` comes first in the subject, where a telephone shows it.
    """
    text = message if isinstance(message, str) else json.dumps(message, indent=2)
    topic, subject = variable("TopicArn"), variable("Subject", default=SUBJECT)
    subject = f"{about}: {subject}" if about else subject
    clients.sns().publish(TopicArn=topic, Subject=subject[:LONGEST], Message=text)
