"""Tell whether a cluster with the pipeline's name is already up.

Event: nothing required.
Returns: `Status` = RUNNING (at least one is starting, bootstrapping, running or waiting) or NOTRUNNING.
"""

from pipeline_common import clients, clusters, config
from pipeline_common.entry import Result, entry
from pipeline_common.inputs import Event


@entry
def lambda_handler(event: Event, context: object) -> Result:
    settings = config.load()
    names = (cluster["Name"] for cluster in clusters.active(clients.emr(settings.region)))
    return {"Status": "RUNNING" if settings.name in names else "NOTRUNNING"}
