"""Ask whether the added workers run.

Event: `ClusterId`, `WorkerInstanceFleetId`, `TargetTotalWorkers`.
Returns: the same, `Status` = SUCCESS (as many run), ERROR (the fleet gave up or ended) or ADDING. Spot capacity that
EC2 never has stays ADDING: the caller bounds its patience.
"""

from pipeline_common import clients, config, fleets, log
from pipeline_common.entry import Result, entry
from pipeline_common.inputs import Event, required, required_count


@entry
def lambda_handler(event: Event, context: object) -> Result:
    cluster_id, fleet_id = required(event, "ClusterId"), required(event, "WorkerInstanceFleetId")
    target = required_count(event, "TargetTotalWorkers")
    emr = clients.emr(config.load().region)
    running = sum(fleets.running_workers(emr, cluster_id, fleet_id))
    state = fleets.find(emr, cluster_id, Id=fleet_id)["Status"]["State"]
    log.info("asked", running=running, target=target, state=state)
    return {
        "ClusterId": cluster_id,
        "WorkerInstanceFleetId": fleet_id,
        "TargetTotalWorkers": target,
        "Status": _status(running, target, state),
    }


def _status(running: int, target: int, state: str) -> str:
    if state in ("TERMINATING", "TERMINATED"):
        return "ERROR"
    if running >= target:
        return "SUCCESS"
    return "ERROR" if state == "SUSPENDED" else "ADDING"
