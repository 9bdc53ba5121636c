"""Add spot workers to a cluster: `spot_worker_increment_count` of config.ini more than run now.

The target is counted from the workers that run and never lies below the present one. So a repeated call asks for the
same workers again, until they run.

Event: `ClusterId`.
Returns: `ClusterId`, `WorkerInstanceFleetId`, `TargetTotalWorkers` (on demand and spot), `Status` = ADDING.
"""

from pipeline_common import clients, config, fleets, log
from pipeline_common.entry import Result, entry
from pipeline_common.inputs import Event, required


@entry
def lambda_handler(event: Event, context: object) -> Result:
    cluster_id = required(event, "ClusterId")
    settings = config.load()
    emr = clients.emr(settings.region)
    fleet = fleets.find(emr, cluster_id, InstanceFleetType="CORE")
    ondemand, spot = fleets.running_workers(emr, cluster_id, fleet["Id"])
    present = fleet.get("TargetSpotCapacity", 0)
    target = max(present, spot + settings.spot_increment)
    if target > present:
        emr.modify_instance_fleet(
            ClusterId=cluster_id,
            InstanceFleet={
                "InstanceFleetId": fleet["Id"],
                "TargetOnDemandCapacity": fleet.get("TargetOnDemandCapacity", 0),
                "TargetSpotCapacity": target,
            },
        )
    log.info("asked for workers", running_ondemand=ondemand, running_spot=spot, target_spot=target)
    return {
        "ClusterId": cluster_id,
        "WorkerInstanceFleetId": fleet["Id"],
        "TargetTotalWorkers": ondemand + target,
        "Status": "ADDING",
    }
