"""Lambda: the functions of the emitted template, each run by the code in its archive, in a process that stays warm."""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
from collections import Counter
from dataclasses import dataclass

import worker
from artefacts import Function
from faults import Faults, take

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["worker"])


@dataclass
class Answer:
    """What an invocation gives: the error Lambda reports, empty when there is none, and the payload as JSON."""

    error: str
    payload: str


class Functions:
    """All functions by the ARN that callers use, that of the alias."""

    def __init__(self, functions: dict[str, Function], endpoint: str, faults: Faults) -> None:
        self._functions = functions
        self._endpoint = endpoint
        self._containers: dict[str, Container] = {}
        self._lock = threading.Lock()
        self.faults = faults
        self.calls: Counter[str] = Counter()
        self.log: list[str] = []
        # What AWS was asked in all scenarios, each with the function that asked.
        self.asked: set[tuple[str, str]] = set()

    def arns(self) -> list[str]:
        return list(self._functions)

    def names(self) -> list[str]:
        return [function.name for function in self._functions.values()]

    def invoke(self, arn: str, event: bytes) -> Answer:
        function = self._functions[arn]
        with self._lock:
            self.calls[function.name] += 1
            request = f"request-{self.calls.total()}"
            refused = take(self.faults.invocations, function.name)
        if refused:
            return Answer("Unhandled", json.dumps({"errorType": refused, "errorMessage": "injected"}))
        error, payload, log, asked = self._container(function).call(event.decode(), request)
        self.log.append(log)
        self.asked.update((function.name, call) for call in asked)
        return Answer(error, payload)

    def _container(self, function: Function) -> Container:
        with self._lock:
            if function.name not in self._containers:
                self._containers[function.name] = Container(function, self._endpoint)
            return self._containers[function.name]

    def stop(self) -> None:
        for container in self._containers.values():
            container.stop()


class Container:
    """One process; a second event waits until the first is answered."""

    def __init__(self, function: Function, endpoint: str) -> None:
        self._calls, theirs = _processes.Pipe()
        self._lock = threading.Lock()
        variables = {
            "PATH": os.environ["PATH"],
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": function.region,
            "AWS_DEFAULT_REGION": function.region,
            "AWS_ENDPOINT_URL": endpoint,
            **function.variables,
        }
        arguments = (theirs, str(function.archive), function.handler, variables)
        self._process = _processes.Process(target=worker.serve, args=arguments, daemon=True)
        self._process.start()
        theirs.close()

    def call(self, event: str, request: str) -> tuple[str, str, str, list[str]]:
        with self._lock:
            self._calls.send((event, request))
            answer: tuple[str, str, str, list[str]] = self._calls.recv()
            return answer

    def stop(self) -> None:
        self._calls.close()
        self._process.join(5)
