"""EMR as moto lacks it: clusters, fleets and steps take their time, and a step does what its command says.

Added: instance fleets (ListInstanceFleets, ModifyInstanceFleet, ListInstances by fleet), states before WAITING and
after TerminateJobFlows, steps that run one after the other, fail, and cancel those behind them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import moto.emr.models
from moto.core.responses import ActionResult, EmptyResult, PaginatedResult
from moto.emr.models import Cluster, Step
from moto.emr.responses import ElasticMapReduceResponse

from clock import Clock
from faults import Faults
from shell import Outcome

BOOT_SECONDS = 420
WORKER_SECONDS = 150
END_SECONDS = 100

_numbers = itertools.count(1)
_plain_run_job_flow = ElasticMapReduceResponse.run_job_flow


@dataclass
class Fleet:
    """An instance fleet; its capacities count instances, as every type weighs 1."""

    id: str
    name: str
    kind: str
    on_demand: int
    spot: int
    running_on_demand: int = 0
    running_spot: int = 0
    state: str = "PROVISIONING"

    def described(self) -> dict[str, Any]:
        return {
            "Id": self.id,
            "Name": self.name,
            "InstanceFleetType": self.kind,
            "Status": {"State": self.state, "StateChangeReason": {}, "Timeline": {}},
            "TargetOnDemandCapacity": self.on_demand,
            "TargetSpotCapacity": self.spot,
            "ProvisionedOnDemandCapacity": self.running_on_demand,
            "ProvisionedSpotCapacity": self.running_spot,
        }

    def instances(self) -> list[dict[str, Any]]:
        markets = ["ON_DEMAND"] * self.running_on_demand + ["SPOT"] * self.running_spot
        status = {"State": "RUNNING", "StateChangeReason": {}, "Timeline": {}}
        return [
            {"Id": f"ci-{self.id}-{n}", "InstanceFleetId": self.id, "Market": market, "Status": status}
            for n, market in enumerate(markets)
        ]

    def settle(self) -> None:
        """All that was asked for runs."""
        self.running_on_demand, self.running_spot, self.state = self.on_demand, self.spot, "RUNNING"

    def end(self) -> None:
        self.running_on_demand = self.running_spot = 0
        self.state = "TERMINATED"


@dataclass
class Emr:
    """What all clusters share."""

    clock: Clock
    faults: Faults
    run: Callable[[list[str]], Outcome]

    def install(self) -> None:
        """Put this in the place of moto's own clusters."""
        LivingCluster.emr = self
        moto.emr.models.Cluster = LivingCluster  # type: ignore[misc]
        for operation in (run_job_flow, list_instance_fleets, modify_instance_fleet, list_instances):
            setattr(ElasticMapReduceResponse, operation.__name__, operation)


class LivingCluster(Cluster):
    """A cluster of fleets whose states change with the clock."""

    __module__ = Cluster.__module__  # where moto looks for the name of the service

    emr: Emr
    state: str | None = None

    def run_bootstrap_actions(self) -> None:
        self.fleets: list[Fleet] = []
        self.output: dict[str, Outcome] = {}
        if not self.emr.faults.cluster_never_starts:
            self.emr.clock.at(BOOT_SECONDS, self._booted, self.is_active)

    def is_active(self) -> bool:
        return self.state in ("STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING")

    def _booted(self) -> None:
        if self.emr.faults.cluster_dies_at_start:
            self._ended("TERMINATED_WITH_ERRORS")
            return
        self.state = "WAITING"
        for fleet in self.fleets:
            fleet.settle()
        self._next_step()

    def terminate(self) -> None:
        if self.is_active():
            self.state = "TERMINATING"
            self.emr.clock.at(END_SECONDS, lambda: self._ended("TERMINATED"))

    def _ended(self, state: str) -> None:
        self.state = state
        self._cancel()
        for fleet in self.fleets:
            fleet.end()

    def add_steps(self, steps: list[dict[str, Any]]) -> list[Step]:
        added = [Step(state="PENDING", **step) for step in steps]
        self.steps.extend(added)
        for step in added:
            if action := self.emr.faults.when_submitted.get(_kind(step)):
                action()
        if self.state == "WAITING":
            self._next_step()
        return added

    def _next_step(self) -> None:
        step = next((step for step in self.steps if step.state == "PENDING"), None)
        self.state = "RUNNING" if step else "WAITING"
        if step:
            step.state = "RUNNING"
            self.emr.clock.at(self.emr.faults.step_seconds, lambda: self._finish(step), lambda: step.state == "RUNNING")

    def _finish(self, step: Step) -> None:
        outcome = self._outcome(step)
        self.output[step.name] = outcome
        step.state = "FAILED" if outcome.code else "COMPLETED"
        if outcome.code and step.action_on_failure == "CANCEL_AND_WAIT":
            self._cancel()
        if self.is_active():
            self._next_step()

    def _outcome(self, step: Step) -> Outcome:
        if self.emr.faults.steps[_kind(step)] > 0:
            self.emr.faults.steps[_kind(step)] -= 1
            return Outcome(1, "injected")
        return self.emr.run(step.args)

    def _cancel(self) -> None:
        for step in self.steps:
            if step.state in ("PENDING", "RUNNING"):
                step.state = "CANCELLED"

    def resize(self, fleet_id: str, on_demand: int, spot: int) -> None:
        fleet = next(fleet for fleet in self.fleets if fleet.id == fleet_id)
        fleet.on_demand, fleet.spot, fleet.state = on_demand, spot, "RESIZING"
        if not self.emr.faults.workers_never_arrive:
            self.emr.clock.at(WORKER_SECONDS, fleet.settle, self.is_active)


def _kind(step: Step) -> str:
    """The step's name without the request that made it."""
    return " ".join(step.name.split()[:2])


def run_job_flow(self: ElasticMapReduceResponse) -> ActionResult:
    answer = _plain_run_job_flow(self)
    result: Any = answer.result
    cluster = _cluster(self, result["JobFlowId"])
    for given in self._get_param("Instances.InstanceFleets", []):
        capacities = int(given.get("TargetOnDemandCapacity", 0)), int(given.get("TargetSpotCapacity", 0))
        fleet = Fleet(f"if-{next(_numbers)}", given["Name"], given["InstanceFleetType"], *capacities)
        cluster.fleets.append(fleet)
    return answer


def list_instance_fleets(self: ElasticMapReduceResponse) -> ActionResult:
    fleets = _cluster(self, self._get_param("ClusterId")).fleets
    return PaginatedResult({"InstanceFleets": [fleet.described() for fleet in fleets]})


def modify_instance_fleet(self: ElasticMapReduceResponse) -> ActionResult:
    given = self._get_param("InstanceFleet")
    capacities = int(given["TargetOnDemandCapacity"]), int(given["TargetSpotCapacity"])
    _cluster(self, self._get_param("ClusterId")).resize(given["InstanceFleetId"], *capacities)
    return EmptyResult()


def list_instances(self: ElasticMapReduceResponse) -> ActionResult:
    wanted = self._get_param("InstanceFleetId")
    fleets = _cluster(self, self._get_param("ClusterId")).fleets
    return PaginatedResult({"Instances": [i for fleet in fleets if fleet.id == wanted for i in fleet.instances()]})


def _cluster(response: ElasticMapReduceResponse, cluster_id: str) -> LivingCluster:
    cluster = response.backend.describe_cluster(cluster_id)
    assert isinstance(cluster, LivingCluster)
    return cluster
