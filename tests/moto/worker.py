"""A function's container: it imports the handler from the archive at the first call, and stays warm."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
import traceback
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any

import boto3.s3.inject  # noqa: F401  # loaded once, by the process that all workers are forked from
import botocore.endpoint

# The SDK's own pauses before it repeats a request would be real time.
vars(botocore.endpoint)["time"] = SimpleNamespace(sleep=lambda seconds: None)


def serve(calls: Connection, archive: str, handler: str, variables: dict[str, str]) -> None:
    """Answer events until the connection closes; each answer is the result or the error, and what was logged."""
    os.environ.clear()
    os.environ.update(variables)
    sys.path.insert(0, archive)
    with contextlib.suppress(EOFError):
        while True:
            calls.send(_answer(handler, *calls.recv()))


def _answer(handler: str, event: str, request: str) -> tuple[str, str, str]:
    log = io.StringIO()
    with contextlib.redirect_stdout(log):
        try:
            module, function = handler.rsplit(".", 1)
            result = getattr(importlib.import_module(module), function)(json.loads(event), _context(request))
            return "", json.dumps(result), log.getvalue()
        except Exception as error:  # Lambda, too, reports every error by the name of its class
            return "Unhandled", json.dumps(_reported(error)), log.getvalue()


def _context(request: str) -> SimpleNamespace:
    return SimpleNamespace(aws_request_id=request)


def _reported(error: Exception) -> dict[str, Any]:
    trace = traceback.format_exception(error)
    return {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": trace}
