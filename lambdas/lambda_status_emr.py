"""Ask how far a cluster is.

Event: `ClusterId`.
Returns: `ClusterId`, `Status` = STARTED (takes steps), STOPPED (has ended) or STARTING (neither yet: ask again).
"""

from pipeline_common import clients, config, log
from pipeline_common.entry import Result, entry
from pipeline_common.inputs import Event, required

# TERMINATING is not STOPPED: instances still run and cost, and whoever terminates a cluster waits for its end.
STATUS = {
    "STARTING": "STARTING",
    "BOOTSTRAPPING": "STARTING",
    "RUNNING": "STARTED",
    "WAITING": "STARTED",
    "TERMINATING": "STARTING",
    "TERMINATED": "STOPPED",
    "TERMINATED_WITH_ERRORS": "STOPPED",
}


@entry
def lambda_handler(event: Event, context: object) -> Result:
    cluster_id = required(event, "ClusterId")
    emr = clients.emr(config.load().region)
    status = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]
    log.info("asked", state=status["State"], reason=status.get("StateChangeReason"))
    return {"ClusterId": cluster_id, "Status": STATUS[status["State"]]}
