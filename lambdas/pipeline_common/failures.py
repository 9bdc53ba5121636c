"""What people read when an execution fails: short lines for a telephone, with what to do and where to look."""

import json
import re
from collections.abc import Mapping

from pipeline_common import executions
from pipeline_common.inputs import variable

LONGEST = 4000  # characters of a cause; the execution holds all of it

# What a cause holds, and the section of docs/runbook.md that helps then; the first that fits counts.
SECTIONS = (
    (r"lacks `ClusterId`", "The state file is lost"),
    (r"TransientError|Throttl|TooManyRequests", "Throttling"),
    (r"check_duplicate_emr answered", "A cluster is left over"),
    (r"check_duplicate_stepfunction answered", "What runs"),
    (r"start_at is", "Run again from a point"),
    (r"WorkerInstanceFleetId", "Spot that never comes"),
    (r"StepId", "Why a step failed"),
    (r"Status STOPPED", "Why a cluster ended"),
)
OTHERWISE = "A message came"


def text(facts: Mapping[str, object], cause: object, execution_arn: str, section: str | None = None) -> str:
    """The message; facts without a value are left out. Without `section`, the cause tells what to do."""
    said = readable(cause)
    help_at = section or next((title for sign, title in SECTIONS if re.search(sign, said)), OTHERWISE)
    lines = {
        "Environment": variable("Environment", default="unknown"),
        **facts,
        "Cause": said if len(said) <= LONGEST else f"{said[:LONGEST]}…",
        "What to do": f'docs/runbook.md, "{help_at}"',
        "Console": executions.console(execution_arn),
        "Execution": execution_arn,
    }
    return "\n".join(f"{name}: {value}" for name, value in lines.items() if value)


def readable(cause: object) -> str:
    """A cause without the JSON in which Step Functions, Lambda and our machines hand it on.

    What is no JSON, or only the beginning of it, stays as it is: a message is never lost for its form.
    """
    match cause:
        case None | "":
            return "none told"
        case str():
            return _unfolded(cause)
        case {"errorMessage": message}:
            return str(message)
        case {"Error": error, **rest}:
            inner = rest.get("Cause")
            return f"{error}: {readable(inner)}" if inner else str(error)
        case dict():
            return ", ".join(f"{name} {readable(value)}" for name, value in cause.items())
        case list():
            return "".join(f"\n- {readable(item)}" for item in cause if item)
        case _:
            return json.dumps(cause)


def _unfolded(told: str) -> str:
    """The text with the first JSON object or list of texts in it made readable."""
    for start in re.finditer(r"[{\[]", told):
        try:
            value, end = json.JSONDecoder().raw_decode(told, start.start())
        except (ValueError, RecursionError):
            continue
        if value and (isinstance(value, dict) or all(isinstance(item, str) for item in value)):
            said = readable(value)
            before = told[: start.start()]
            return (before.rstrip() if said.startswith("\n") else before) + said + told[end:]
    return told
