"""Days on which the state file is lost: Master knows its cluster by itself, and ends it before any check does."""

import pytest

from faults import FOR_GOOD
from scenario import DIMENSION, FACT, STATE, Scenario

TERMINATE = "Terminate_EMR_Cluster"


@pytest.fixture
def alone(scenario: Scenario) -> Scenario:
    """A scenario in which nobody but the state machines ends a cluster."""
    scenario.world.faults.invocations["lambda_report_failed_execution", "AccessDeniedException"] = FOR_GOOD
    return scenario


@pytest.mark.parametrize("content", ["", "j-OTHER", "\0 not an id"])
def test_the_state_is_lost_and_a_step_fails(alone: Scenario, content: str) -> None:
    world = alone.world
    alone.land(1)
    world.faults.when_submitted[f"finish {DIMENSION}"] = lambda: world.put(STATE, content.encode())
    world.faults.steps[f"load {DIMENSION}"] = 1
    assert alone.master("day-1") == "FAILED"
    assert alone.stopped() == ["TERMINATED"]
    (text,) = alone.texts()
    assert "Load dimension: load" in text
    (clean_up,) = world.executions(TERMINATE)
    assert world.execution(clean_up)["status"] == "SUCCEEDED"


def test_the_state_is_deleted_and_the_next_part_fails(alone: Scenario) -> None:
    world = alone.world
    alone.land(1)
    world.faults.when_submitted[f"archive {DIMENSION}"] = lambda: world.delete(STATE)
    assert alone.master("day-1") == "FAILED"
    assert alone.stopped() == ["TERMINATED"]
    (text,) = alone.texts()
    assert "the event lacks `ClusterId`" in text
    assert len(alone.archive(DIMENSION)) == 1


@pytest.mark.parametrize("part", ["lambda_write_state_info_to_s3", "lambda_status_emr"])
def test_launch_fails_after_it_launched(alone: Scenario, part: str) -> None:
    alone.world.faults.invocations[part, "AccessDeniedException"] = FOR_GOOD
    assert alone.master("day-1") == "FAILED"
    assert alone.stopped() == ["TERMINATED"]
    (text,) = alone.texts()
    assert "AccessDeniedException" in text


def test_the_state_is_lost_on_a_day_that_ends_well(alone: Scenario) -> None:
    world = alone.world
    alone.land(1)
    world.faults.when_submitted[f"archive {FACT}"] = lambda: world.delete(STATE)
    assert alone.master("day-1") == "SUCCEEDED"
    assert alone.stopped() == ["TERMINATED"]
