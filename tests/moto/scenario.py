"""Source files of a day, and what must hold after every scenario, whatever happened in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from world import World

ROOT = "data-workflows"
DIMENSION, FACT = "sample_country_dim", "sample_country_tx_fact"
FOLDERS = {DIMENSION: f"DWH/dimensions/{DIMENSION}", FACT: f"DWH/facts/{FACT}"}
STAGES = {DIMENSION: f"STG_DWH/stg_dimension_db/{DIMENSION}", FACT: f"STG_DWH/stg_fact_db/{FACT}"}
PRODS = {DIMENSION: f"DWH/dimension_db/{DIMENSION}", FACT: f"DWH/fact_db/{FACT}"}
STATE = f"{ROOT}/prod/state_info/data_pipeline_ClusterId.info"
DATA = Path(__file__).parents[2] / "data"
DONE = "All Step Successful"


@dataclass
class Scenario:
    """A world, and what was brought to it."""

    world: World
    landed: set[str] = field(default_factory=set)
    # Where a cluster was ended from outside, the state may go on naming it, which hinders nobody.
    state_may_be_old: bool = False

    def land(self, day: int, *tables: str) -> None:
        """Bring the sample files, each day with other content and the same names."""
        for table in tables or FOLDERS:
            content = (DATA / f"{table}.csv").read_bytes() + b"\n" * day
            key = f"{ROOT}/landing/{FOLDERS[table]}/{table}.csv"
            self.world.put(key, content)
            self.landed.add(self.world.files(key)[key])

    def run(self, machine: str, name: str, given: object = None, meanwhile: Callable[[], object] | None = None) -> str:
        """Run it until nothing happens any more; its status. `meanwhile` is done just after the start."""
        with self.world.clock.work():
            arn = self.world.start(machine, name, given)
            if meanwhile:
                meanwhile()
        self.world.clock.settle()
        status: str = self.world.execution(arn)["status"]
        return status

    def master(self, name: str, meanwhile: Callable[[], object] | None = None, **given: str) -> str:
        return self.run("Master", name, given, meanwhile)

    def texts(self) -> list[str]:
        return [message.text for message in self.world.messages()]

    def firsts(self) -> list[str]:
        """The first line of each message."""
        return [text.splitlines()[0] for text in self.texts()]

    def landing(self, table: str) -> list[str]:
        return self._below(f"landing/{FOLDERS[table]}/")

    def stage(self, table: str) -> list[str]:
        return self._below(f"stage/{STAGES[table]}/")

    def archive(self, table: str) -> list[str]:
        return self._below(f"archive/{FOLDERS[table]}/")

    def _below(self, prefix: str) -> list[str]:
        return [key.removeprefix(f"{ROOT}/{prefix}") for key in self.world.files(f"{ROOT}/{prefix}")]

    def loads(self, table: str) -> list[set[str]]:
        """For each load into the table, the ETags of the files that it read."""
        return self._loads_below(f"{ROOT}/prod/{PRODS[table]}/")

    def _loads_below(self, prefix: str) -> list[set[str]]:
        keys = self.world.files(prefix)
        return [{etag for _, etag in json.loads(self.world.content(key))} for key in keys]

    def state(self) -> str:
        return self.world.content(STATE).decode() if self.world.files(STATE) else ""

    def stopped(self) -> list[str]:
        """The states of all clusters there ever were."""
        return [cluster.state or "" for cluster in self.world.clusters()]

    def story(self) -> str:
        """What was told and what the steps said, for whoever looks for the cause of a failed test."""
        steps = [f"{name}: {outcome}" for cluster in self.world.clusters() for name, outcome in cluster.output.items()]
        return "\n".join([*self.texts(), *steps])

    def check(self) -> None:
        """No cluster is up, no file is lost, none is archived unread, the state names no cluster, the log is JSON."""
        assert set(self.stopped()) <= {"TERMINATED", "TERMINATED_WITH_ERRORS"}, self.stopped()
        places = [self.world.files(f"{ROOT}/{area}/") for area in ("landing", "stage", "archive")]
        assert self.landed <= {etag for place in places for etag in place.values()}
        loaded = {etag for load in self._loads_below(f"{ROOT}/prod/DWH/") for etag in load}
        assert set(places[2].values()) <= loaded
        old = [cluster.id for cluster in self.world.clusters()] if self.state_may_be_old else []
        assert self.state() in ("", *old)
        for line in "".join(self.world.functions.log).splitlines():
            assert "function" in json.loads(line) or "_aws" in json.loads(line)
