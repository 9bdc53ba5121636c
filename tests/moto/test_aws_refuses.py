"""Days on which AWS throttles or refuses: passing trouble is not noticed, lasting trouble is told once."""

import pytest

from faults import FOR_GOOD
from scenario import DONE, FACT, Scenario

THROTTLED = "Lambda.TooManyRequestsException"
# Both attempts of the SDK after the first, and so one of the state machine's.
BEYOND_THE_SDK = 4
FIRST = "ListExecutions"
OPERATIONS = (
    "AddJobFlowSteps",
    "DescribeCluster",
    "DescribeExecution",
    "DescribeStep",
    "ListClusters",
    "ListInstanceFleets",
    "ListInstances",
    "ListSteps",
    "ModifyInstanceFleet",
    "Publish",
    "RunJobFlow",
    "StartExecution",
    "TerminateJobFlows",
)
USED = (
    "lambda_add_worker_instances_emr",
    "lambda_check_duplicate_emr",
    "lambda_check_duplicate_stepfunction",
    "lambda_launch_emr",
    "lambda_read_state_info_from_s3",
    "lambda_send_msg_sns",
    "lambda_status_add_worker_instances_emr",
    "lambda_status_emr",
    "lambda_status_step_emr",
    "lambda_submit_cmd_run_step_emr",
    "lambda_submit_stepfunction",
    "lambda_write_state_info_to_s3",
)
# The clean-up needs these, too: that it failed is told besides.
USED_BY_THE_CLEAN_UP = ("lambda_remove_state_info_from_s3", "lambda_terminate_emr")


def test_every_lambda_is_throttled_for_a_while(scenario: Scenario) -> None:
    scenario.land(1)
    for function in scenario.world.functions.names():
        scenario.world.faults.invocations[function, THROTTLED] = 3
    assert scenario.master("day-1") == "SUCCEEDED"
    assert scenario.firsts() == [DONE]


def test_every_operation_is_throttled_for_a_while(scenario: Scenario) -> None:
    scenario.land(1)
    answers = scenario.world.faults.answers
    # Master's first state asks this at once; the others must wait until Master itself was started.
    answers[FIRST, "ThrottlingException"] = BEYOND_THE_SDK

    def throttle() -> None:
        for operation in OPERATIONS:
            answers[operation, "ThrottlingException"] = BEYOND_THE_SDK

    assert scenario.master("day-1", throttle) == "SUCCEEDED"
    assert scenario.firsts() == [DONE]
    assert +answers == {}


@pytest.mark.parametrize("function", USED)
def test_a_lambda_is_throttled_for_good(scenario: Scenario, function: str) -> None:
    scenario.land(1)
    scenario.world.faults.invocations[function, THROTTLED] = FOR_GOOD
    assert scenario.master("day-1") == "FAILED"
    (text,) = scenario.texts()
    assert THROTTLED in text


@pytest.mark.parametrize("function", USED_BY_THE_CLEAN_UP)
def test_a_lambda_of_the_clean_up_is_throttled_for_good(scenario: Scenario, function: str) -> None:
    scenario.land(1)
    scenario.world.faults.invocations[function, THROTTLED] = FOR_GOOD
    assert scenario.master("day-1") == "FAILED"
    first, second = scenario.texts()
    assert THROTTLED in first
    assert "Terminate_EMR_Cluster" in second
    scenario.state_may_be_old = True
    scenario.check()
    scenario.world.faults.clear()
    assert scenario.master("day-2") == "SUCCEEDED"


def test_master_cannot_ask_for_its_parts(scenario: Scenario) -> None:
    """It fails while the cluster starts, which is then ended under the part that launched it."""
    scenario.land(1)
    scenario.world.faults.invocations["lambda_status_stepfunction", THROTTLED] = FOR_GOOD
    assert scenario.master("day-1") == "FAILED"
    master, launch = scenario.texts()
    assert THROTTLED in master
    assert "STOPPED" in launch


def test_no_message_can_be_sent(scenario: Scenario) -> None:
    scenario.land(1)
    scenario.world.faults.answers["Publish", "AuthorizationError"] = FOR_GOOD
    scenario.world.faults.steps[f"load {FACT}"] = 1
    assert scenario.master("day-1") == "FAILED"
    assert scenario.texts() == []


def test_the_message_of_a_failure_is_refused_for_a_while(scenario: Scenario) -> None:
    scenario.land(1)
    scenario.world.faults.answers["Publish", "AuthorizationError"] = 2
    scenario.world.faults.steps[f"load {FACT}"] = 1
    assert scenario.master("day-1") == "FAILED"
    (text,) = scenario.texts()
    assert "FailureWithoutNotice" in text
