"""Empty the state file: no cluster is up any more.

Event: nothing required.
Returns: an empty object.
"""

from pipeline_common import state
from pipeline_common.entry import Result, entry
from pipeline_common.inputs import Event


@entry
def lambda_handler(event: Event, context: object) -> Result:
    state.clear()
    return {}
