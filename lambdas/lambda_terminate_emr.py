"""Terminate a cluster. Terminating one that is ending or has ended does nothing.

Event: `ClusterId`.
Returns: `ClusterId`, `Status` = STOPPING.
"""

from pipeline_common import clients, config
from pipeline_common.entry import Result, entry
from pipeline_common.inputs import Event, required


@entry
def lambda_handler(event: Event, context: object) -> Result:
    cluster_id = required(event, "ClusterId")
    clients.emr(config.load().region).terminate_job_flows(JobFlowIds=[cluster_id])
    return {"ClusterId": cluster_id, "Status": "STOPPING"}
