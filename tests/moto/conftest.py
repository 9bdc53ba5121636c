"""One world for all scenarios, emptied before each; the artefacts come from the folder in the variable `ARTEFACTS`.

The file in the variable `CALLS`, if any, gets what the functions asked of AWS, one call a line.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(os.environ["ARTEFACTS"])

# Moto asks for this one variable when it is imported, and takes every caller for that account.
os.environ["MOTO_ACCOUNT_ID"] = json.loads((FOLDER / "manifest.json").read_text())["account"]

from artefacts import Artefacts  # noqa: E402
from scenario import Scenario  # noqa: E402
from world import World  # noqa: E402


@pytest.fixture(scope="session")
def only_world() -> Iterator[World]:
    world = World(Artefacts(FOLDER))
    yield world
    world.stop()
    if file := os.environ.get("CALLS"):
        lines = [json.dumps({"function": name, **json.loads(call)}) + "\n" for name, call in world.functions.asked]
        Path(file).write_text("".join(sorted(lines)))


@pytest.fixture
def scenario(only_world: World) -> Iterator[Scenario]:
    only_world.renew()
    scenario = Scenario(only_world)
    yield scenario
    print(scenario.story())
    scenario.check()
