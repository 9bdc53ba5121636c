"""Read the cluster's id from the state file.

Event: nothing required.
Returns: `ClusterId`, "" when the file is empty or missing.
"""

from pipeline_common import state
from pipeline_common.entry import Result, entry
from pipeline_common.inputs import Event


@entry
def lambda_handler(event: Event, context: object) -> Result:
    return {"ClusterId": state.read()}
