"""Ask how far an execution is.

Event: `executionArn`.
Returns: `executionArn`, `Status` = RUNNING, SUCCESS or ERROR (failed, timed out, aborted).
"""

from pipeline_common import clients
from pipeline_common.entry import Result, entry
from pipeline_common.inputs import Event, required

STATUS = {
    "RUNNING": "RUNNING",
    "PENDING_REDRIVE": "RUNNING",
    "SUCCEEDED": "SUCCESS",
    "FAILED": "ERROR",
    "TIMED_OUT": "ERROR",
    "ABORTED": "ERROR",
}


@entry
def lambda_handler(event: Event, context: object) -> Result:
    arn = required(event, "executionArn")
    status = clients.stepfunctions().describe_execution(executionArn=arn)["status"]
    return {"executionArn": arn, "Status": STATUS[status]}
