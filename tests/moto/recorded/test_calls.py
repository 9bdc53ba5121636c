"""Every function calls all that it ever calls, whatever the blueprint: by Master, by the check, by the failure rule."""

import json
from functools import partial

from scenario import Scenario
from world import World


def machine(world: World, short: str) -> str:
    """The name of a machine; that of an environment may have a suffix."""
    (name,) = (name for name in world.artefacts.machines() if f"_{short}" in name)
    return name


def function(world: World, short: str) -> str:
    """The ARN of a function; its name may have a suffix."""
    (arn,) = (arn for arn in world.functions.arns() if arn.split(":")[6].startswith(short))
    return arn


def test_a_day_with_a_check_for_clusters_in_its_midst(scenario: Scenario) -> None:
    world = scenario.world
    check = partial(world.functions.invoke, function(world, "lambda_stop_orphan_clusters"), b"{}")
    assert scenario.run(machine(world, "Master"), "day-1", None, lambda: world.clock.at(1500, check)) == "SUCCEEDED"


def test_the_check_ends_a_cluster_that_nobody_owns(scenario: Scenario) -> None:
    world = scenario.world
    assert scenario.run(machine(world, "Launch_EMR_Cluster"), "launch") == "SUCCEEDED"
    scenario.state_may_be_old = True
    world.scheduled_check(hours_later=2)
    assert scenario.stopped() == ["TERMINATED"]


def test_someone_stops_master(scenario: Scenario) -> None:
    world = scenario.world
    master = machine(world, "Master")

    def stop() -> None:
        (arn,) = world.executions(master)
        world.clock.at(1500, partial(world.states.stop_execution, executionArn=arn))

    assert scenario.run(master, "day-1", None, stop) == "ABORTED"
    scenario.state_may_be_old = True


def test_a_task_is_repeated_because_its_answer_was_lost(scenario: Scenario) -> None:
    world = scenario.world
    launch = [world.functions.invoke(function(world, "lambda_launch_emr"), b'{"RequestId": "day-1"}') for _ in "12"]
    first, again = (json.loads(answer.payload)["ClusterId"] for answer in launch)
    assert first == again
    world.functions.invoke(function(world, "lambda_terminate_emr"), json.dumps({"ClusterId": first}).encode())
    world.clock.settle()


def test_a_machine_is_asked_for_by_its_name(scenario: Scenario) -> None:
    world = scenario.world
    event = json.dumps({"currentStepName": machine(world, "Master")}).encode()
    assert not world.functions.invoke(function(world, "lambda_check_duplicate_stepfunction"), event).error
