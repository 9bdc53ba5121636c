"""Every test has an AWS of its own in memory, and invokes Lambdas in it as their containers would."""

import importlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import aws
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from operations import OPERATIONS

from pipeline_common import clients, config

CONTEXT = SimpleNamespace(aws_request_id="5f3c")
EVERY_CALL = "provide-client-params.*.*"


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in aws.VARIABLES.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        config._read.cache_clear()
        aws.fill()
        yield


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch) -> aws.Invoke:
    """Invoke a Lambda by name, with variables; it may call no operation but those in `operations.py`."""

    def run(name: str, event: object = None, **variables: str) -> Any:
        for variable, value in variables.items():
            monkeypatch.setenv(variable, value)
        called: set[str] = set()
        handler = importlib.import_module(name).lambda_handler
        with _noted(called):
            result = handler(event, CONTEXT)
        assert called <= OPERATIONS[name]
        return json.loads(json.dumps(result))

    return run


@contextmanager
def _noted(called: set[str]) -> Iterator[None]:
    """Note in `called` the operations that the clients call."""
    emr = clients.emr(aws.REGION), clients.emr_once(aws.REGION)
    watched: list[Any] = [*emr, clients.s3(), clients.sns(), clients.stepfunctions()]

    def note(model: Any, **_: object) -> None:
        called.add(f"{model.service_model.service_name}:{model.name}")

    for client in watched:
        client.meta.events.register(EVERY_CALL, note)
    try:
        yield
    finally:
        for client in watched:
            client.meta.events.unregister(EVERY_CALL, note)


@pytest.fixture
def configure() -> aws.Configure:
    """Replace a line of config.ini by others."""

    def change(line: str, by: str) -> None:
        before = aws.get(aws.CONFIG_KEY)
        assert f"\n{line}\n" in before
        aws.put(aws.CONFIG_KEY, before.replace(f"\n{line}\n", f"\n{by}\n"))
        config._read.cache_clear()

    return change


@pytest.fixture
def stubbed_emr() -> Iterator[Stubber]:
    """EMR by prepared answers, for what moto lacks; requests are checked against the service model."""
    with Stubber(clients.emr(aws.REGION)) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> aws.Logged:
    """The lines that were logged since the last call, parsed."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
