"""Start an execution of another state machine.

Event: `nextStateMachineArn`, else the variable `stateMachineArn`. The event is the execution's input, without
`RequestId` and `ExecutionName`, which speak of the caller. `RequestId` names the execution, so that a repeated call
returns the one that the first started.
Returns: `executionArn`, `Status` = SUBMITTED.
"""

import json
import uuid

from pipeline_common import clients, executions, log, requests
from pipeline_common.entry import Result, entry
from pipeline_common.inputs import Event, either

OF_THE_CALLER = ("RequestId", "ExecutionName")


@entry
def lambda_handler(event: Event, context: object) -> Result:
    machine_arn = either(event, "nextStateMachineArn", "stateMachineArn")
    # A name of our own also makes a repeat inside the SDK harmless.
    name = requests.name(event) or str(uuid.uuid4())
    own = {key: value for key, value in event.items() if key not in OF_THE_CALLER}
    arn = _start(machine_arn, name, json.dumps(own))
    return {"executionArn": arn, "Status": "SUBMITTED"}


def _start(machine_arn: str, name: str, own_input: str) -> str:
    stepfunctions = clients.stepfunctions()
    try:
        started = stepfunctions.start_execution(stateMachineArn=machine_arn, name=name, input=own_input)
    except stepfunctions.exceptions.ExecutionAlreadyExists:
        log.info("was started before", name=name)
        return executions.arn(machine_arn, name)
    return started["executionArn"]
