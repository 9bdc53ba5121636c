"""Moto's interpreter of Amazon States Language, bound to our clock and our functions.

Moto interprets the language. Ours are: what `Wait` and the pause before a retry do to time, the timeout of a machine in
virtual time, what an invocation of Lambda runs, times in the context object, and the event that EventBridge sends when
an execution ends.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

from moto.core.config import default_user_config
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state import state
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils import json_path
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

import maps
from clock import Clock
from functions import Answer

_plain_start = Execution.start
_plain_stop = ExecutionWorker.stop
_plain_terminated = BaseExecutionWorkerCommunication.terminated
_plain_details = Execution.get_start_execution_details


@dataclass
class Interpreter:
    """What moto's interpreter is bound to."""

    clock: Clock
    invoke: Callable[[str, bytes], Answer]
    ended: Callable[[Execution], None]

    def install(self) -> None:
        maps.install(self.clock)
        default_user_config["stepfunctions"] = {"execute_state_machine": True}
        replace: Any = setattr
        # Parsing a definition takes a second or more; what is parsed holds no state of its executions.
        replace(AmazonStateLanguageParser, "parse", staticmethod(functools.cache(AmazonStateLanguageParser.parse)))
        replace(json_path, "parse", functools.cache(vars(json_path)["parse"]))
        replace(WaitFunction, "_wait_interval", lambda _, env, wait_seconds: self._wait(env, wait_seconds))
        replace(retrier_decl, "time", SimpleNamespace(sleep=self.clock.sleep))
        replace(lambda_eval_utils, "_invoke_lambda_function", self._invoke)
        replace(state, "datetime", SimpleNamespace(datetime=SimpleNamespace(now=self._now), timezone=timezone))
        replace(Execution, "start", lambda execution: self._start(execution))
        replace(Execution, "get_start_execution_details", _details)
        replace(ExecutionWorker, "stop", lambda worker, **how: self._stop(worker, **how))
        replace(BaseExecutionWorkerCommunication, "terminated", lambda worker: self._terminated(worker))

    def _wait(self, env: Environment, seconds: float) -> None:
        self.clock.sleep(seconds, env.is_running)

    def _now(self, tz: timezone) -> SimpleNamespace:
        return SimpleNamespace(isoformat=lambda: _text(self.clock.now().astimezone(tz)))

    def _invoke(self, parameters: dict[str, Any], region: str, state_credentials: object) -> dict[str, Any]:
        answer = self.invoke(parameters["FunctionName"], parameters["Payload"])
        found = {"Payload": json.loads(answer.payload), "StatusCode": 200}
        return {**found, "FunctionError": answer.error} if answer.error else found

    def _start(self, execution: Execution) -> None:
        self.clock.begin()
        execution.start_date = self.clock.now()
        _plain_start(execution)
        definition: Any = json.loads(str(execution.state_machine.definition))
        if seconds := definition.get("TimeoutSeconds"):
            self.clock.at(seconds, lambda: self._time_out(execution), lambda: execution.status == "RUNNING")

    def _time_out(self, execution: Execution) -> None:
        env = execution.exec_worker and execution.exec_worker.env
        if env:
            env.set_timed_out()
            self.clock.recheck()

    def _stop(self, worker: ExecutionWorker, **how: Any) -> None:
        with self.clock.work():
            _plain_stop(worker, **how)
            self.clock.recheck()

    def _terminated(self, worker: BaseExecutionWorkerCommunication) -> None:
        _plain_terminated(worker)
        try:
            self.ended(worker.execution)
        finally:
            self.clock.recheck()
            self.clock.end()


def _details(execution: Execution) -> Any:
    details = _plain_details(execution)
    vars(details)["start_time"] = _text(execution.start_date)
    return details


def _text(moment: datetime) -> str:
    """A time as the context object has it: ISO 8601 with milliseconds, in UTC."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
