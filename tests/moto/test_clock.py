"""The clock: time passes only while everything waits, and in order."""

import threading

from clock import Clock


def test_alarms_ring_in_their_order_and_time_jumps_to_each() -> None:
    clock = Clock()
    rung: list[tuple[str, float]] = []
    with clock.work():
        clock.at(20, lambda: rung.append(("later", clock.seconds)))
        clock.at(10, lambda: rung.append(("sooner", clock.seconds)))
    clock.settle()
    assert rung == [("sooner", 10), ("later", 20)]


def test_time_stands_still_while_something_works() -> None:
    clock = Clock()
    rung = threading.Event()
    clock.begin()
    clock.at(1, rung.set)
    assert not rung.wait(0.05)
    assert clock.seconds == 0
    clock.end()
    clock.settle()
    assert rung.is_set()


def test_who_sleeps_lets_time_pass_and_works_again_when_woken() -> None:
    clock = Clock()
    seen: list[float] = []

    def twice() -> None:
        for seconds in (5, 7):
            clock.sleep(seconds)
            seen.append(clock.seconds)

    clock.at(0, twice)
    clock.settle()
    assert seen == [5, 12]


def test_a_sleep_that_is_no_longer_wanted_ends_at_once() -> None:
    clock = Clock()
    wanted = threading.Event()
    wanted.set()
    seen: list[float] = []

    def sleep() -> None:
        clock.sleep(100, wanted.is_set)
        seen.append(clock.seconds)

    def interrupt() -> None:
        wanted.clear()
        clock.recheck()

    with clock.work():
        clock.at(0, sleep)
        clock.at(30, interrupt)
    clock.settle()
    assert seen == [30]


def test_an_alarm_that_is_no_longer_wanted_neither_rings_nor_moves_time() -> None:
    clock = Clock()
    rung: list[str] = []
    clock.at(50, lambda: rung.append("no"), lambda: False)
    clock.settle()
    assert (rung, clock.seconds) == ([], 0)
