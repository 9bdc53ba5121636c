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

import boto3
import boto3.s3.inject  # loaded once, by the process that all workers are forked from
import botocore.endpoint

# The SDK's own pauses before it repeats a request would be real time.
vars(botocore.endpoint)["time"] = SimpleNamespace(sleep=lambda seconds: None)


def serve(calls: Connection, archive: str, handler: str, variables: dict[str, str]) -> None:
    """Answer events until the connection closes; each answer is result or error, log, and what AWS was asked."""
    os.environ.clear()
    os.environ.update(variables)
    sys.path.insert(0, archive)
    asked: list[str] = []
    _note_calls(asked)
    with contextlib.suppress(EOFError):
        while True:
            answer = _answer(handler, *calls.recv())
            calls.send((*answer, asked.copy()))
            asked.clear()


def _note_calls(asked: list[str]) -> None:
    """Note each call of AWS as JSON: service, operation, parameters."""

    def note(params: Any, model: Any, **_: object) -> None:
        call = {"service": model.service_model.service_name, "operation": model.name, "parameters": params}
        asked.append(json.dumps(call, sort_keys=True, default=repr))

    session = boto3.Session()
    session.events.register("provide-client-params.*.*", note)
    boto3.DEFAULT_SESSION = session


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
