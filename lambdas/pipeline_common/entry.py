"""The frame around every handler: its log lines carry who asked, and AWS's errors become ours."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from pipeline_common import log
from pipeline_common.errors import translated
from pipeline_common.inputs import Event

Result = Mapping[str, Any]
Handler = Callable[[Event, object], Result | None]


def entry(handler: Handler) -> Handler:
    name = handler.__module__

    @functools.wraps(handler)
    def framed(event: Event, context: object) -> Result | None:
        event = event or {}
        fields = {
            "function": name,
            "request": getattr(context, "aws_request_id", None),
            "execution": event.get("ExecutionName"),
            "cluster_id": event.get("ClusterId"),
        }
        with log.bound(**fields):
            return _logged(handler, event, context, name)

    return framed


def _logged(handler: Handler, event: Event, context: object, name: str) -> Result | None:
    try:
        with translated(name):
            result = handler(event, context)
    except Exception as error:
        log.error("failed", error=type(error).__name__, cause=str(error))
        raise
    log.info("done", result=result)
    return result
