"""Store the cluster's id in the state file, and read it back.

Event: `ClusterId`.
Returns: `ClusterId`, `Status` = SUCCESS, or FAIL when another id is there afterwards.
"""

from pipeline_common import log, state
from pipeline_common.entry import Result, entry
from pipeline_common.inputs import Event, required


@entry
def lambda_handler(event: Event, context: object) -> Result:
    cluster_id = required(event, "ClusterId")
    state.write(cluster_id)
    stored = state.read()
    if stored != cluster_id:
        log.error("the state file holds another id", stored=stored)
    return {"ClusterId": cluster_id, "Status": "SUCCESS" if stored == cluster_id else "FAIL"}
