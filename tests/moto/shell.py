"""Runs a step's command as the cluster does: with a real shell, whose `aws`, `s3-dist-cp` and `hive` are ours.

The three are small programs that hand their arguments over a socket to this process, which acts on S3.
"""

from __future__ import annotations

import json
import os
import socketserver
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SECONDS = 60

PROGRAM = """#!{python} -IS
import json, socket, sys
with socket.socket(socket.AF_UNIX) as calls:
    calls.connect({socket!r})
    with calls.makefile("rw") as stream:
        print(json.dumps([{name!r}, *sys.argv[1:]]), file=stream, flush=True)
        code, output = json.loads(stream.readline())
print(output, end="", file=sys.stderr if code else sys.stdout)
sys.exit(code)
"""


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and what it said."""

    code: int
    output: str = ""


Program = Callable[[list[str]], Outcome]


class Shell:
    """A folder with the programs, and the socket behind them."""

    def __init__(self, programs: dict[str, Program]) -> None:
        # A path of a socket holds 107 bytes, which a test's own folder may exceed.
        self._folder = tempfile.TemporaryDirectory(prefix="emr-")
        place = str(Path(self._folder.name) / "socket")
        for name in programs:
            path = Path(self._folder.name) / name
            path.write_text(PROGRAM.format(python=sys.executable, socket=place, name=name))
            path.chmod(0o700)
        self._server = socketserver.ThreadingUnixStreamServer(place, _handler(programs))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def run(self, arguments: list[str]) -> Outcome:
        variables = {"PATH": f"{self._folder.name}:{os.environ['PATH']}"}
        ended = subprocess.run(  # noqa: S603  # running what the step says is the point
            arguments, env=variables, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        return Outcome(ended.returncode, ended.stdout + ended.stderr)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()


def _handler(programs: dict[str, Program]) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        """Answers one call of one program."""

        def handle(self) -> None:
            name, *arguments = json.loads(self.rfile.readline())
            outcome = programs[name](arguments)
            self.wfile.write(json.dumps([outcome.code, outcome.output]).encode() + b"\n")

    return Handler
