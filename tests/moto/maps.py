"""Map states under the clock: the one that waits for its items does not work, each worker on items does."""

from __future__ import annotations

from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.inline_iteration_component import (
    InlineIterationComponent,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor import (
    distributed_item_processor_worker as distributed,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.iteration_worker import IterationWorker
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.job import JobPool

from clock import Clock

_plain_launch: Any = InlineIterationComponent._launch_worker
WORKERS: tuple[Any, ...] = (IterationWorker, distributed.DistributedItemProcessorWorker)
_plain_evals = {kind: kind.eval for kind in WORKERS}
_plain_await: Any = JobPool.await_jobs
_plain_notify: Any = JobPool._notify_on_termination


def install(clock: Clock) -> None:
    waiting: set[Any] = set()

    def launch(component: Any, **given: Any) -> Any:
        clock.begin()
        return _plain_launch(component, **given)

    def evaluate(worker: Any) -> None:
        try:
            next(_plain_evals[kind] for kind in type(worker).mro() if kind in _plain_evals)(worker)
        finally:
            clock.end()

    def await_jobs(pool: Any) -> None:
        with pool._mutex:
            waits = not pool._is_terminated()
            if waits:
                waiting.add(pool)
        if waits:
            clock.end()
        _plain_await(pool)

    def notify(pool: Any) -> None:
        # The last worker hands over: time must not pass between its end and the start of the one that waits.
        if pool._is_terminated() and pool in waiting:
            waiting.remove(pool)
            clock.begin()
        _plain_notify(pool)

    replace: Any = setattr
    replace(InlineIterationComponent, "_launch_worker", launch)
    for kind in WORKERS:
        replace(kind, "eval", evaluate)
    replace(JobPool, "await_jobs", await_jobs)
    replace(JobPool, "_notify_on_termination", notify)
