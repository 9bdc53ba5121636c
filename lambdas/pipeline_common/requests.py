"""A request's name: what makes a repeated call recognisable as the same call."""

import hashlib
import re

from pipeline_common.inputs import Event, optional

LONGEST = 80  # of an execution's name (StartExecution, parameter name)
READABLE = 73  # leaves room for "-" and six hexadecimal digits; as long as the names EventBridge gives executions


def name(event: Event) -> str | None:
    """The event's `RequestId` as a legal execution name, None when the event has none.

    An id of at most 80 letters, digits, `_` and `-` stays as it is. Any other is shortened to its readable part and a
    hash of the whole, so that two ids that differ anywhere keep different names.
    """
    request_id = optional(event, "RequestId")
    if request_id is None:
        return None
    legal = _legal(re.sub(r"^arn:.*:execution:[^:]+:", "", request_id))
    if legal == request_id and len(legal) <= LONGEST:
        return legal
    return f"{legal[:READABLE]}-{hashlib.sha256(request_id.encode()).hexdigest()[:6]}"


def is_part_of(request: str, execution: str) -> bool:
    """Whether the execution named `execution` made `request`, which then starts with that name.

    Step Functions allows more characters in a name than we do, such as a dot.
    """
    return request == execution or request.startswith(_legal(execution)[:READABLE] + "-")


def _legal(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z_-]", "-", text)
