"""What a Lambda is told: keys of its event and environment variables. Empty and null count as absent."""

import os
from collections.abc import Mapping
from typing import Any

from pipeline_common.errors import PermanentError

Event = Mapping[str, Any]


def optional(event: Event, key: str) -> str | None:
    value = event.get(key)
    return None if value in (None, "") else str(value)


def required(event: Event, key: str) -> str:
    value = optional(event, key)
    if value is None:
        raise PermanentError(f"the event lacks `{key}`")
    return value


def required_count(event: Event, key: str) -> int:
    return count(f"`{key}` of the event", required(event, key))


def variable(name: str, default: str = "") -> str:
    value = os.environ.get(name) or default
    if not value:
        raise PermanentError(f"the environment variable `{name}` is not set")
    return value


def variable_count(name: str) -> int:
    return count(f"the environment variable `{name}`", variable(name))


def either(event: Event, key: str, name: str) -> str:
    """The event's key or, when it is absent, the environment variable `name`."""
    value = optional(event, key) or os.environ.get(name)
    if not value:
        raise PermanentError(f"neither `{key}` in the event nor the environment variable `{name}`")
    return value


def count(what: str, text: str) -> int:
    if not text.isdecimal():
        raise PermanentError(f"{what} is `{text}`, not a whole number")
    return int(text)
