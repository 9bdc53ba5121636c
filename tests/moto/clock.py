"""Virtual time: it stands still while anything works, and jumps when everything waits."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 1, 1, tzinfo=UTC)


def _always() -> bool:
    return True


@dataclass(order=True)
class Alarm:
    """Something that happens at a time, in seconds; alarms of one time ring in the order in which they were set."""

    time: float
    number: int
    ring: Callable[[], None] = field(compare=False)
    wanted: Callable[[], bool] = field(compare=False, default=_always)
    is_over: bool = field(compare=False, default=False)


class Clock:
    """Whoever works says so with `work`; `sleep` is the only way to let time pass."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._idle = threading.Condition(self._lock)
        self._alarms: list[Alarm] = []
        self._numbers = itertools.count()
        self._busy = 0
        self.seconds = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def begin(self) -> None:
        with self._lock:
            self._busy += 1

    def end(self) -> None:
        with self._lock:
            self._busy -= 1
            self._advance()

    @contextmanager
    def work(self) -> Iterator[None]:
        self.begin()
        try:
            yield
        finally:
            self.end()

    def sleep(self, seconds: float, wanted: Callable[[], bool] = _always) -> None:
        """Wait, inside of work, until the time has come or `recheck` finds that the sleep is no longer wanted."""
        woken = threading.Event()
        with self._lock:
            self._set(seconds, woken.set, wanted)
            self.end()
        woken.wait()

    def at(self, seconds: float, action: Callable[[], object], wanted: Callable[[], bool] = _always) -> None:
        """Do this so many seconds from now, in a thread of its own, unless it is no longer wanted by then."""

        def run() -> None:
            try:
                if wanted():
                    action()
            finally:
                self.end()

        with self._lock:
            self._set(seconds, threading.Thread(target=run, daemon=True).start, wanted)
            self._advance()

    def recheck(self) -> None:
        """Ring now for everything that is no longer wanted."""
        with self._lock:
            for alarm in self._alarms:
                if not alarm.is_over and not alarm.wanted():
                    self._ring(alarm)

    def settle(self, real_seconds: float = 120) -> None:
        """Let time pass until nothing works and nothing is due."""
        with self._idle:
            self._advance()
            if not self._idle.wait_for(lambda: self._busy == 0 and not self._alarms, real_seconds):
                raise TimeoutError(f"{self._busy} at work, {len(self._alarms)} alarms at second {self.seconds:.0f}")

    def _set(self, seconds: float, ring: Callable[[], None], wanted: Callable[[], bool]) -> None:
        heapq.heappush(self._alarms, Alarm(self.seconds + seconds, next(self._numbers), ring, wanted))

    def _ring(self, alarm: Alarm) -> None:
        # Counted here, not by the one that wakes: time must not go on before it is awake.
        self._busy += 1
        alarm.is_over = True
        alarm.ring()

    def _advance(self) -> None:
        while self._busy == 0 and self._alarms:
            alarm = heapq.heappop(self._alarms)
            if alarm.is_over:
                continue
            if alarm.wanted():
                self.seconds = max(self.seconds, alarm.time)
            self._ring(alarm)
        if self._busy == 0:
            self._idle.notify_all()
