"""A copy of the sample as somebody has it who deploys it, and the tool that does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parents[3]
GEN = os.environ["GEN"]
DONE, PENDING = 0, 3
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    def whole(self) -> str:
        return f"exit code {self.code}\n{self.out}\n{self.err}"


@dataclass(frozen=True)
class Project:
    """A folder with blueprint, scripts and functions, and the endpoint of its AWS."""

    folder: Path
    endpoint: str

    @staticmethod
    def copied(folder: Path, endpoint: str) -> Project:
        for part in ("blueprints", "hive-scripts", "lambdas"):
            shutil.copytree(SAMPLE / part, folder / part)
        return Project(folder, endpoint)

    def synth(self) -> Path:
        """Write the templates; the folder with the same in JSON."""
        self._run("synth", "--env", "dev")
        self._run("synth", "--env", "dev", "--template-format", "json", "--out", "in-json")
        return self.folder / "in-json/dev"

    def gen(self, *arguments: str, ends: int = DONE) -> Said:
        """Run a command on the environment."""
        return self._run(*arguments, "--env", "dev", "--endpoint-url", self.endpoint, "--poll-ms", "50", ends=ends)

    def told(self, *arguments: str) -> Any:
        """What a command says to programs."""
        return json.loads(self.gen(*arguments, "--format", "json").out)

    def replace(self, path: str, old: str, new: str) -> None:
        """Change a text that a file holds."""
        file = self.folder / path
        text = file.read_text()
        assert old in text, f"{path} has no {old!r}"
        file.write_text(text.replace(old, new, 1))

    def _run(self, *arguments: str, ends: int = DONE) -> Said:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), **CREDENTIALS}
        command = [GEN, *arguments]
        ended = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        said = Said(ended.returncode, ended.stdout, ended.stderr)
        assert said.code == ends, f"gen {' '.join(arguments)}\n{said.whole()}"
        return said
