"""Report an execution that failed, timed out or was aborted, and terminate the cluster it owned.

No state machine can catch its own timeout or abortion, so EventBridge invokes this one. An execution whose `error`
starts with `Notified` has sent its message itself. Clean-up comes first, so that the message can tell of it, and so
that Lambda may repeat the event after a failed publish; people hear of a failed clean-up too.

Event: EventBridge's *Step Functions Execution Status Change*.
Variables: `StateMachineArns` (comma list), `TopicArn`, `Environment`, `Subject`.
Returns: `TerminatedClusterIds`, `Status` = SENT or NOTSENT.
"""

from datetime import UTC, datetime

from pipeline_common import clients, clusters, config, executions, failures, log, messages, requests
from pipeline_common.entry import Result, entry
from pipeline_common.inputs import Event, optional, required

NOTIFIED = "Notified"


@entry
def lambda_handler(event: Event, context: object) -> Result:
    detail = event.get("detail") or {}
    arn, name = required(detail, "executionArn"), required(detail, "name")
    with log.bound(execution=name):
        try:
            terminated = _clean_up(arn, name)
        except Exception as error:
            _tell(detail, f"unknown, the clean-up failed: {error}")
            raise
        if (optional(detail, "error") or "").startswith(NOTIFIED):
            return {"TerminatedClusterIds": terminated, "Status": "NOTSENT"}
        _tell(detail, ", ".join(terminated))
        return {"TerminatedClusterIds": terminated, "Status": "SENT"}


def _clean_up(arn: str, name: str) -> list[str]:
    settings = config.load()
    emr = clients.emr(settings.region)
    now = datetime.now(UTC)
    ours = clusters.tagged(emr, "pipeline", settings.pipeline)
    owned = [cluster for cluster in ours if cluster.is_owned_by(name) and not cluster.is_kept(now)]
    listed = executions.running_of_pipeline(clients.stepfunctions())
    # Lists of executions lag behind, so the one that ended may still stand there as running.
    others = [execution["name"] for execution in listed if execution["executionArn"] != arn]
    # An execution that this one started goes on for nobody, so it holds no cluster.
    running = [other for other in others if other == name or not requests.is_part_of(other, name)]
    return clusters.terminate(emr, [cluster for cluster in owned if not any(map(cluster.is_owned_by, running))])


def _tell(detail: Event, terminated: str) -> None:
    facts = {
        "State machine": (optional(detail, "stateMachineArn") or "").split(":stateMachine:")[-1],
        "Status": optional(detail, "status"),
        "Error": optional(detail, "error"),
        "Clusters terminated": terminated or "none",
    }
    told = failures.text(facts, detail.get("cause"), detail["executionArn"], "The failure rule speaks")
    messages.publish(told, about=(optional(detail, "status") or "failed").lower())
