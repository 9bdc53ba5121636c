"""Ask how far an execution is.

Event: `executionArn`.
Returns: `executionArn`, `Status` = RUNNING, SUCCESS or ERROR (failed, timed out, aborted); `ClusterId` that the output
of an execution that succeeded holds, else "".
"""

import json

from pipeline_common import clients
from pipeline_common.entry import Result, entry
from pipeline_common.inputs import Event, optional, required

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
    execution = clients.stepfunctions().describe_execution(executionArn=arn)
    cluster_id = _cluster_id(execution.get("output", "{}"))
    return {"executionArn": arn, "ClusterId": cluster_id, "Status": STATUS[execution["status"]]}


def _cluster_id(output: str) -> str:
    value = json.loads(output)
    return (optional(value, "ClusterId") or "") if isinstance(value, dict) else ""
