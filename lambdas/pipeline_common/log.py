"""One JSON object a line on standard output, which Lambda hands to CloudWatch Logs as it is."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

NAMESPACE = "DataPipeline"

_bound: ContextVar[Mapping[str, object]] = ContextVar("bound", default=MappingProxyType({}))


@contextmanager
def bound(**fields: object) -> Iterator[None]:
    """Add these fields to every line written inside; those that are None are left out."""
    known = {name: value for name, value in fields.items() if value is not None}
    token = _bound.set({**_bound.get(), **known})
    try:
        yield
    finally:
        _bound.reset(token)


def info(message: str, **fields: object) -> None:
    _write({"level": "INFO", "message": message, **_bound.get(), **fields})


def warning(message: str, **fields: object) -> None:
    _write({"level": "WARNING", "message": message, **_bound.get(), **fields})


def error(message: str, **fields: object) -> None:
    _write({"level": "ERROR", "message": message, **_bound.get(), **fields})


def metrics(pipeline: str, **counts: int) -> None:
    """Publish counts through the log (CloudWatch: Specification: Embedded metric format).

    CloudWatch takes them out of the log, so an isolated VPC needs no endpoint for it and the role no permission.
    """
    definition = {
        "Namespace": NAMESPACE,
        "Dimensions": [["Pipeline"]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in counts],
    }
    stamp = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [definition]}
    _write({"_aws": stamp, "Pipeline": pipeline, **counts})


def _write(line: Mapping[str, object]) -> None:
    print(json.dumps(line, default=str), flush=True)
