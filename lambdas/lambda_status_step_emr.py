"""Ask how far a step is.

Event: `ClusterId`, `StepId`.
Returns: `ClusterId`, `StepId`, `Status` = SUBMITTED (waits or runs), SUCCESS or ERROR (failed, cancelled, interrupted).
"""

from pipeline_common import clients, config, log
from pipeline_common.entry import Result, entry
from pipeline_common.inputs import Event, required

STATUS = {
    "PENDING": "SUBMITTED",
    "RUNNING": "SUBMITTED",
    "CANCEL_PENDING": "SUBMITTED",
    "COMPLETED": "SUCCESS",
    "CANCELLED": "ERROR",
    "FAILED": "ERROR",
    "INTERRUPTED": "ERROR",
}


@entry
def lambda_handler(event: Event, context: object) -> Result:
    cluster_id, step_id = required(event, "ClusterId"), required(event, "StepId")
    emr = clients.emr(config.load().region)
    status = emr.describe_step(ClusterId=cluster_id, StepId=step_id)["Step"]["Status"]
    log.info("asked", step_id=step_id, state=status["State"], failure=status.get("FailureDetails"))
    return {"ClusterId": cluster_id, "StepId": step_id, "Status": STATUS[status["State"]]}
