"""Terminate the pipeline's clusters that no running execution owns. A schedule invokes it.

Left alone: clusters younger than `Grace_Minutes`; those whose tag `keep_until` lies ahead; the one in the state file
while any of the pipeline's machines runs, for people run single machines by hand on it.

Event: not read. Variables: `StateMachineArns` (comma list), `Grace_Minutes`, and those of the state file.
Returns: `TerminatedClusterIds`, `OldestClusterAgeMinutes`; both also go out as metrics, which alarms watch.
"""

from datetime import UTC, datetime

from pipeline_common import clients, clusters, config, executions, log, state
from pipeline_common.entry import Result, entry
from pipeline_common.inputs import Event, variable_count


@entry
def lambda_handler(event: Event, context: object) -> Result:
    settings = config.load()
    emr = clients.emr(settings.region)
    now = datetime.now(UTC)
    ours = list(clusters.tagged(emr, "pipeline", settings.pipeline))
    oldest = max((cluster.age_minutes(now) for cluster in ours), default=0)
    # Written first: an alarm must see the age even when the clean-up then fails.
    log.metrics(settings.pipeline, OldestClusterAgeMinutes=oldest)
    terminated = clusters.terminate(emr, _orphans(ours, now))
    log.metrics(settings.pipeline, OrphanClustersTerminated=len(terminated))
    return {"TerminatedClusterIds": terminated, "OldestClusterAgeMinutes": oldest}


def _orphans(ours: list[clusters.Cluster], now: datetime) -> list[clusters.Cluster]:
    grace = variable_count("Grace_Minutes")
    running = [execution["name"] for execution in executions.running_of_pipeline(clients.stepfunctions())]
    in_use = state.read() if running else ""
    return [
        cluster
        for cluster in ours
        if cluster.id != in_use
        and cluster.age_minutes(now) >= grace
        and not cluster.is_kept(now)
        and not any(map(cluster.is_owned_by, running))
    ]
