"""Step Functions executions that run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline_common.inputs import variable

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import ExecutionListItemTypeDef

CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def running(stepfunctions: SFNClient, machine_arn: str) -> Iterator[ExecutionListItemTypeDef]:
    pages = stepfunctions.get_paginator("list_executions").paginate(stateMachineArn=machine_arn, statusFilter="RUNNING")
    for page in pages:
        yield from page["executions"]


def running_of_pipeline(stepfunctions: SFNClient) -> list[ExecutionListItemTypeDef]:
    """Those of every machine in the variable `StateMachineArns`, a comma list."""
    arns = [arn.strip() for arn in variable("StateMachineArns").split(",")]
    return [execution for arn in arns if arn for execution in running(stepfunctions, arn)]


def console(execution_arn: str) -> str:
    """The address of an execution in the console of its partition; "" for what is no ARN."""
    found = re.match(r"arn:([\w-]+):states:([\w-]+):", execution_arn)
    if not found:
        return ""
    partition, region = found.groups()
    host = f"{region}.{CONSOLES.get(partition, CONSOLES['aws'])}"
    return f"https://{host}/states/home?region={region}#/v2/executions/details/{execution_arn}"


def arn(machine_arn: str, name: str) -> str:
    """The ARN of an execution; a version or alias in the machine's ARN is no part of it."""
    head, machine = machine_arn.split(":stateMachine:")
    return f"{head}:execution:{machine.split(':')[0]}:{name}"
