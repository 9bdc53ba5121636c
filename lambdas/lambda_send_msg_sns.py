"""Send a message to the pipeline's topic.

Event: `Message`, text or any other JSON value. Variables: `TopicArn`; `Subject`, at most 100 characters.
Returns: nothing.
"""

from pipeline_common import messages
from pipeline_common.entry import entry
from pipeline_common.errors import PermanentError
from pipeline_common.inputs import Event


@entry
def lambda_handler(event: Event, context: object) -> None:
    message = event.get("Message")
    if message in (None, ""):
        raise PermanentError("the event lacks `Message`")
    messages.publish(message)
