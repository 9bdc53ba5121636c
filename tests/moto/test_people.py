"""Days on which people take part: they start, stop and repeat."""

import pytest

from faults import FOR_GOOD
from scenario import DIMENSION, DONE, FACT, Scenario
from world import World

PARTS = ("Launch_EMR_Cluster", "Dimension_Process", "Add_EMR_Workers_data", "Fact_Process", "Terminate_EMR_Cluster")


@pytest.mark.parametrize("second", [1, 400, 900, 1500, 2200])
def test_a_second_master_does_not_touch_what_the_first_does(scenario: Scenario, second: float) -> None:
    scenario.land(1)
    world = scenario.world

    def again() -> None:
        world.clock.at(second, lambda: world.start("Master", "again"))

    assert scenario.master("day-1", again) == "SUCCEEDED"
    statuses = sorted(world.execution(arn)["status"] for arn in world.executions("Master"))
    assert statuses == ["FAILED", "SUCCEEDED"]
    told, done = scenario.texts()
    assert "Check duplicate stepfunction" in told
    assert done.startswith(DONE)


@pytest.mark.parametrize("part", PARTS)
def test_master_starts_where_it_is_told(scenario: Scenario, part: str) -> None:
    scenario.land(1)
    assert scenario.master("day-1", start_at=part) == "SUCCEEDED"
    assert scenario.firsts() == [DONE]
    skipped = PARTS[1 : PARTS.index(part)]
    for table, machine in ((DIMENSION, "Dimension_Process"), (FACT, "Fact_Process")):
        assert len(scenario.landing(table)) == (machine in skipped)
    assert len(scenario.world.executions("Add_EMR_Workers_data")) == ("Add_EMR_Workers_data" not in skipped)


def test_master_is_told_to_start_at_a_part_that_does_not_exist(scenario: Scenario) -> None:
    assert scenario.master("day-1", start_at="Facts") == "FAILED"
    (text,) = scenario.texts()
    assert all(part in text for part in PARTS)
    assert scenario.stopped() == []


@pytest.mark.parametrize("part", PARTS)
def test_someone_stops_a_part(scenario: Scenario, part: str) -> None:
    scenario.land(1)
    assert scenario.master("day-1", lambda: stop_while_it_runs(scenario.world, part, part)) == "FAILED"
    (text,) = scenario.texts()
    assert "ABORTED" in text


@pytest.mark.parametrize("part", PARTS)
def test_someone_stops_master(scenario: Scenario, part: str) -> None:
    scenario.land(1)
    assert scenario.master("day-1", lambda: stop_while_it_runs(scenario.world, part, "Master")) == "ABORTED"
    master, *parts = scenario.texts()
    assert "ABORTED" in master
    # The part that runs goes on; it tells that the cluster went away under it, and Terminate has nothing to tell.
    assert len(parts) == (part != "Terminate_EMR_Cluster")
    scenario.state_may_be_old = True
    scenario.check()
    assert scenario.master("day-2") == "SUCCEEDED"
    assert scenario.state() == ""


def stop_while_it_runs(world: World, part: str, machine: str) -> None:
    """Look every half minute whether the part runs; when it does, stop the machine."""
    if any(world.execution(arn)["status"] == "RUNNING" for arn in world.executions(part)):
        (arn,) = world.executions(machine)
        world.states.stop_execution(executionArn=arn)
    else:
        world.clock.at(30, lambda: stop_while_it_runs(world, part, machine))


def test_parts_run_by_hand(scenario: Scenario) -> None:
    scenario.land(1)
    for number, part in enumerate(PARTS):
        assert scenario.run(part, f"by-hand-{number}") == "SUCCEEDED"
    assert len(scenario.archive(FACT)) == 1
    assert scenario.texts() == []


def test_a_part_run_by_hand_without_a_cluster(scenario: Scenario) -> None:
    scenario.land(1)
    assert scenario.run("Fact_Process", "by-hand") == "FAILED"
    assert len(scenario.texts()) == 1


def test_a_part_run_by_hand_exceeds_its_time(scenario: Scenario) -> None:
    scenario.land(1)
    assert scenario.run("Launch_EMR_Cluster", "launch") == "SUCCEEDED"
    scenario.world.faults.step_seconds = 2.5 * 3600
    assert scenario.run("Fact_Process", "by-hand") == "TIMED_OUT"
    (text,) = scenario.texts()
    assert "TIMED_OUT" in text
    assert scenario.run("Terminate_EMR_Cluster", "terminate") == "SUCCEEDED"


def test_the_scheduled_check_ends_a_cluster_that_nothing_could_end(scenario: Scenario) -> None:
    scenario.land(1)
    scenario.world.faults.answers["TerminateJobFlows", "AccessDeniedException"] = FOR_GOOD
    assert scenario.master("day-1") == "FAILED"
    assert scenario.stopped() == ["WAITING"]
    scenario.world.faults.clear()
    scenario.world.scheduled_check(hours_later=2)
    assert scenario.stopped() == ["TERMINATED"]
    scenario.state_may_be_old = True
