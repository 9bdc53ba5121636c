"""Days on which the cluster fails: one message, no cluster left, nothing lost, and the next day makes up for it."""

import pytest

from faults import FOR_GOOD
from scenario import DIMENSION, FACT, Scenario

COMMANDS = ("finish", "copy", "load", "archive")
STEPS = [f"{command} {table}" for table in (DIMENSION, FACT) for command in COMMANDS]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_fails(scenario: Scenario, step: str) -> None:
    scenario.land(1)
    scenario.world.faults.steps[step] = 1
    assert scenario.master("day-1") == "FAILED"
    (text,) = scenario.texts()
    assert step.split()[0] in text
    scenario.check()
    assert scenario.master("day-2") == "SUCCEEDED"
    for table in (DIMENSION, FACT):
        assert len(scenario.archive(table)) == 1


def test_the_launch_is_refused(scenario: Scenario) -> None:
    scenario.land(1)
    scenario.world.faults.answers["RunJobFlow", "ValidationException"] = 1
    assert scenario.master("day-1") == "FAILED"
    (text,) = scenario.texts()
    assert "ValidationException" in text
    assert scenario.stopped() == []


def test_the_cluster_dies_while_it_starts(scenario: Scenario) -> None:
    scenario.world.faults.cluster_dies_at_start = True
    assert scenario.master("day-1") == "FAILED"
    assert len(scenario.texts()) == 1
    assert scenario.stopped() == ["TERMINATED_WITH_ERRORS"]


def test_the_cluster_never_starts(scenario: Scenario) -> None:
    scenario.world.faults.cluster_never_starts = True
    assert scenario.master("day-1") == "FAILED"
    (text,) = scenario.texts()
    assert "timed out" in text


def test_the_added_workers_never_arrive(scenario: Scenario) -> None:
    scenario.land(1)
    scenario.world.faults.workers_never_arrive = True
    assert scenario.master("day-1") == "FAILED"
    (text,) = scenario.texts()
    assert "timed out" in text
    assert len(scenario.archive(DIMENSION)) == 1
    assert len(scenario.landing(FACT)) == 1


def test_a_step_never_ends(scenario: Scenario) -> None:
    scenario.land(1)
    scenario.world.faults.step_seconds = FOR_GOOD
    assert scenario.master("day-1") == "FAILED"
    (text,) = scenario.texts()
    assert "timed out" in text
