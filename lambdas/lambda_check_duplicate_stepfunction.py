"""Tell whether a state machine already runs, besides the execution that asks.

Event: `currentStepName`, else the variable of this name: the machine's name or ARN.
Returns: `Status` = RUNNING (more than one execution runs) or NOTRUNNING.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from pipeline_common import clients, executions
from pipeline_common.entry import Result, entry
from pipeline_common.errors import PermanentError
from pipeline_common.inputs import Event, either

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


@entry
def lambda_handler(event: Event, context: object) -> Result:
    machine = either(event, "currentStepName", "currentStepName")
    stepfunctions = clients.stepfunctions()
    arn = machine if machine.startswith("arn:") else _arn(stepfunctions, machine)
    two = list(islice(executions.running(stepfunctions, arn), 2))
    return {"Status": "RUNNING" if len(two) == 2 else "NOTRUNNING"}


def _arn(stepfunctions: SFNClient, name: str) -> str:
    for page in stepfunctions.get_paginator("list_state_machines").paginate():
        for machine in page["stateMachines"]:
            if machine["name"] == name:
                return machine["stateMachineArn"]
    raise PermanentError(f"there is no state machine named `{name}`")
