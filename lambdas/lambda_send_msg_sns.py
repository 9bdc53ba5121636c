"""Send a message to the pipeline's topic.

Event: `Message`, text or any other JSON value. One with `Machine`, `State`, `Cause` and `Execution`, its ARN, tells of
a failure, and goes out as lines that a person reads. With `ClusterId`, a failure names the cluster, and text tells how
many rows its loads rejected.
Variables: `TopicArn`; `Environment`; `Subject`, at most 100 characters; `Rejected_Counts_S3_Bucket` and `…_Prefix`.
Returns: nothing.
"""

from pipeline_common import failures, messages, rejected
from pipeline_common.entry import entry
from pipeline_common.errors import PermanentError
from pipeline_common.inputs import Event, optional


@entry
def lambda_handler(event: Event, context: object) -> None:
    match event.get("Message"):
        case None | "":
            raise PermanentError("the event lacks `Message`")
        case {"Machine": machine, "State": state, "Cause": cause, "Execution": execution}:
            facts = {"State machine": machine, "State": state, "Cluster": optional(event, "ClusterId")}
            messages.publish(failures.text(facts, cause, str(execution)), about="failed")
        case str(message) if "ClusterId" in event:
            messages.publish(f"{message}\n{rejected.text(optional(event, 'ClusterId'))}")
        case message:
            messages.publish(message)
