"""What `gen synth` wrote for one environment, read as `apply` reads it: the manifest first, then what it names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Values that are known only once AWS made the network.
MADE_BY_AWS = {
    "PrivateSubnetIds": "subnet-0a1b2c3d,subnet-4e5f6a7b",
}


@dataclass(frozen=True)
class Function:
    """A Lambda function and where its code lies."""

    name: str
    region: str
    handler: str
    archive: Path
    variables: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A table of the catalog and the prefix its files have."""

    name: str
    bucket: str
    prefix: str


class Artefacts:
    """The folder `out/<environment>`, with templates in JSON."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = _json(folder / "manifest.json")
        self.account: str = self.manifest["account"]
        self.region: str = self.manifest["region"]
        self.bucket: str = self.manifest["workarea_bucket"]
        templates = [_json(folder / stack["template"])["Resources"] for stack in self.manifest["stacks"]]
        self._resources = {(n, key): value for n, some in enumerate(templates) for key, value in some.items()}

    def resources(self, kind: str) -> Iterator[Any]:
        """The properties of every resource of that type."""
        for resource in self._resources.values():
            if resource["Type"] == kind:
                yield resource["Properties"]

    def objects(self) -> Iterator[tuple[str, bytes]]:
        """Key and content of what goes to the workarea bucket."""
        for asset in self.manifest["assets"]:
            if asset["bucket"] == "workarea":
                yield asset["key"], _bound((self.folder / asset["path"]).read_bytes())

    def functions(self) -> dict[str, Function]:
        """The functions by the ARN of their alias."""
        archives = {asset["key"]: self.folder / asset["path"] for asset in self.manifest["assets"]}
        found = {}
        for (stack, _), alias in self._resources.items():
            if alias["Type"] != "AWS::Lambda::Alias":
                continue
            code = self._resources[stack, alias["Properties"]["FunctionName"]["Ref"]]["Properties"]
            name = code["FunctionName"]
            arn = f"arn:aws:lambda:{self.region}:{self.account}:function:{name}:{alias['Properties']['Name']}"
            archive = archives[code["Code"]["S3Key"]]
            found[arn] = Function(name, self.region, code["Handler"], archive, code["Environment"]["Variables"])
        return found

    def machines(self) -> dict[str, str]:
        """The definition of every state machine, by its full name."""
        folder = self.folder / "state-machines"
        return {path.name.removesuffix(".asl.json"): path.read_text() for path in sorted(folder.glob("*.asl.json"))}

    def tables(self) -> dict[str, Table]:
        """The tables of the catalog by `database.table`."""
        found = {}
        for (stack, _), resource in self._resources.items():
            if resource["Type"] != "AWS::Glue::Table":
                continue
            table = resource["Properties"]
            database = self._resources[stack, table["DatabaseName"]["Ref"]]["Properties"]["DatabaseInput"]["Name"]
            name = f"{database}.{table['TableInput']['Name']}"
            location = table["TableInput"]["StorageDescriptor"]["Location"]
            bucket, prefix = location.removeprefix("s3://").rstrip("/").split("/", 1)
            found[name] = Table(name, bucket, prefix + "/")
        return found


def _json(path: Path) -> Any:
    return json.loads(path.read_text())


def _bound(content: bytes) -> bytes:
    """Fill in bindings such as `<network.PrivateSubnetIds>`."""

    def value(match: re.Match[bytes]) -> bytes:
        output = match[1].decode()
        return MADE_BY_AWS.get(output, f"{output.lower()}-0a1b2c3d").encode()

    return re.sub(rb"<\w+\.(\w+)>", value, content)
