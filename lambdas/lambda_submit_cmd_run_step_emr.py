"""Submit a command to a cluster as a step.

Event: `ClusterId`; `NextStepNameAndCmd` with `Step_Name` and `Cmd_Run`, else the variables of these names. The command
is split as a shell splits it, but no shell runs it: one that needs a shell is `bash -c '…'`.
`RequestId` makes a repeated call return the step that the first one submitted.
Returns: `ClusterId`, `StepId`, `Status` = SUBMITTED.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from pipeline_common import clients, config, log, requests
from pipeline_common.entry import Result, entry
from pipeline_common.errors import PermanentError
from pipeline_common.inputs import Event, either, required

if TYPE_CHECKING:
    from mypy_boto3_emr import EMRClient
    from mypy_boto3_emr.type_defs import StepConfigTypeDef


@entry
def lambda_handler(event: Event, context: object) -> Result:
    cluster_id = required(event, "ClusterId")
    settings = config.load()
    request = requests.name(event)
    step = _step(event.get("NextStepNameAndCmd") or {}, request, settings.step_concurrency)
    step_id = _submitted_before(clients.emr(settings.region), cluster_id, request)
    if step_id is None:
        once = clients.emr_once(settings.region)
        step_id = once.add_job_flow_steps(JobFlowId=cluster_id, Steps=[step])["StepIds"][0]
        log.info("submitted", step_id=step_id, step=step["Name"])
    return {"ClusterId": cluster_id, "StepId": step_id, "Status": "SUBMITTED"}


def _step(wanted: Event, request: str | None, concurrency: int) -> StepConfigTypeDef:
    name = either(wanted, "Step_Name", "Step_Name")
    return {
        "Name": f"{name} {request}" if request else name,
        # EMR refuses CANCEL_AND_WAIT when steps run side by side (RunJobFlow, parameter StepConcurrencyLevel).
        "ActionOnFailure": "CANCEL_AND_WAIT" if concurrency == 1 else "CONTINUE",
        "HadoopJarStep": {"Jar": "command-runner.jar", "Args": _arguments(either(wanted, "Cmd_Run", "Cmd_Run"))},
    }


def _arguments(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise PermanentError(f"cannot split the command `{command}`: {error}") from error
    if not words:
        raise PermanentError("the command holds no word")
    return words


def _submitted_before(emr: EMRClient, cluster_id: str, request: str | None) -> str | None:
    if request is None:
        return None
    pages = emr.get_paginator("list_steps").paginate(ClusterId=cluster_id)
    steps = (step for page in pages for step in page["Steps"])
    return next((step["Id"] for step in steps if step["Name"].endswith(f" {request}")), None)
