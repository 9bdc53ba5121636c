"""lambda_add_worker_instances_emr and its status; moto has no instance fleets, so EMR answers from a Stubber."""

from typing import Any

import aws
import pytest
from botocore.stub import Stubber

from pipeline_common import clients
from pipeline_common.errors import PermanentError

ADD, ASK = "lambda_add_worker_instances_emr", "lambda_status_add_worker_instances_emr"
MASTER_FLEET = {"Id": "if-master", "InstanceFleetType": "MASTER", "TargetOnDemandCapacity": 1}
RUNNING_WORKERS = {"ClusterId": "j-1", "InstanceFleetId": "if-core", "InstanceStates": ["RUNNING"]}


def have_fleets(emr: Stubber, target_spot: int = 1, state: str = "RUNNING") -> None:
    core = {
        "Id": "if-core",
        "InstanceFleetType": "CORE",
        "Status": {"State": state},
        "TargetOnDemandCapacity": 3,
        "TargetSpotCapacity": target_spot,
    }
    emr.add_response("list_instance_fleets", {"InstanceFleets": [MASTER_FLEET], "Marker": "2"}, {"ClusterId": "j-1"})
    second = {"ClusterId": "j-1", "Marker": "2"}
    emr.add_response("list_instance_fleets", {"InstanceFleets": [core]}, second)


def have_running(emr: Stubber, ondemand: int, spot: int) -> None:
    """Running workers, on two pages."""
    first = {"Instances": [{"Market": "ON_DEMAND"}] * ondemand, "Marker": "2"}
    emr.add_response("list_instances", first, RUNNING_WORKERS)
    second = {"Instances": [{"Market": "SPOT"}] * spot}
    emr.add_response("list_instances", second, {**RUNNING_WORKERS, "Marker": "2"})


def expect_target(emr: Stubber, spot: int) -> None:
    fleet = {"InstanceFleetId": "if-core", "TargetOnDemandCapacity": 3, "TargetSpotCapacity": spot}
    emr.add_response("modify_instance_fleet", {}, {"ClusterId": "j-1", "InstanceFleet": fleet})


def added(total: int) -> dict[str, Any]:
    return {
        "ClusterId": "j-1",
        "WorkerInstanceFleetId": "if-core",
        "TargetTotalWorkers": total,
        "Status": "ADDING",
    }


def test_adds_the_increment_to_what_runs(invoke: aws.Invoke, stubbed_emr: Stubber, logged: aws.Logged) -> None:
    have_fleets(stubbed_emr, target_spot=1)
    have_running(stubbed_emr, ondemand=3, spot=1)
    expect_target(stubbed_emr, spot=3)
    assert invoke(ADD, {"ClusterId": "j-1"}) == added(6)
    line = logged()[0]
    assert (line["running_ondemand"], line["running_spot"], line["target_spot"]) == (3, 1, 3)


def test_a_repeated_call_asks_for_no_more(invoke: aws.Invoke, stubbed_emr: Stubber) -> None:
    have_fleets(stubbed_emr, target_spot=3, state="RESIZING")
    have_running(stubbed_emr, ondemand=3, spot=1)
    assert invoke(ADD, {"ClusterId": "j-1"}) == added(6)


def test_never_shrinks_a_fleet_that_lacks_spot_workers(invoke: aws.Invoke, stubbed_emr: Stubber) -> None:
    have_fleets(stubbed_emr, target_spot=5)
    have_running(stubbed_emr, ondemand=3, spot=0)
    assert invoke(ADD, {"ClusterId": "j-1"}) == added(8)


def test_a_second_addition_after_the_first_arrived_adds_again(invoke: aws.Invoke, stubbed_emr: Stubber) -> None:
    have_fleets(stubbed_emr, target_spot=3)
    have_running(stubbed_emr, ondemand=3, spot=3)
    expect_target(stubbed_emr, spot=5)
    assert invoke(ADD, {"ClusterId": "j-1"}) == added(8)


def test_a_cluster_without_a_core_fleet_is_a_permanent_error(invoke: aws.Invoke, stubbed_emr: Stubber) -> None:
    stubbed_emr.add_response("list_instance_fleets", {"InstanceFleets": [MASTER_FLEET]})
    with pytest.raises(PermanentError, match="j-1 has no instance fleet"):
        invoke(ADD, {"ClusterId": "j-1"})


@pytest.mark.parametrize(
    ("running", "state", "status"),
    [
        (5, "RESIZING", "ADDING"),
        (5, "RUNNING", "ADDING"),
        (6, "RUNNING", "SUCCESS"),
        (6, "RESIZING", "SUCCESS"),
        (7, "RUNNING", "SUCCESS"),
        (5, "SUSPENDED", "ERROR"),
        (6, "SUSPENDED", "SUCCESS"),
        (6, "TERMINATING", "ERROR"),
        (0, "TERMINATED", "ERROR"),
    ],
)
def test_status_by_running_workers_and_state(
    invoke: aws.Invoke, stubbed_emr: Stubber, running: int, state: str, status: str
) -> None:
    have_running(stubbed_emr, ondemand=min(running, 3), spot=max(running - 3, 0))
    have_fleets(stubbed_emr, state=state)
    assert invoke(ASK, added(6)) == {**added(6), "Status": status}


@pytest.mark.parametrize("missing", ["ClusterId", "WorkerInstanceFleetId", "TargetTotalWorkers"])
def test_what_the_event_lacks_is_named(invoke: aws.Invoke, missing: str) -> None:
    with pytest.raises(PermanentError, match=f"lacks `{missing}`"):
        invoke(ASK, {**added(6), missing: None})


def test_a_target_that_is_no_number_is_a_permanent_error(invoke: aws.Invoke) -> None:
    with pytest.raises(PermanentError, match="`TargetTotalWorkers` of the event is `six`"):
        invoke(ASK, {**added(6), "TargetTotalWorkers": "six"})


def test_the_states_named_here_are_emrs() -> None:
    known = aws.named_by_aws(clients.emr(aws.REGION), "InstanceFleetState")
    assert {"SUSPENDED", "TERMINATING", "TERMINATED"} <= known
