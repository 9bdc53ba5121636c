"""Reads the Glue tables of emitted templates and writes them as Hive's DDL."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ORC = "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat"


@dataclass(frozen=True)
class Table:
    """A Glue table; its name holds the database's."""

    name: str
    columns: list[tuple[str, str]]
    partition: list[tuple[str, str]]
    folder: Path
    definition: dict[str, Any]

    @property
    def header_lines(self) -> int:
        return int(self.definition["Parameters"].get("skip.header.line.count", 0))

    @property
    def is_orc(self) -> bool:
        return bool(self.definition["StorageDescriptor"]["InputFormat"] == ORC)

    def ddl(self) -> str:
        """Returns the statement that makes the table on the local disk."""
        storage = self.definition["StorageDescriptor"]
        serde = storage["SerdeInfo"]
        lines = [
            f"CREATE EXTERNAL TABLE {quoted_name(self.name)} ({_columns(self.columns)})",
            f"ROW FORMAT SERDE {_text(serde['SerializationLibrary'])}",
            f"STORED AS INPUTFORMAT {_text(storage['InputFormat'])}",
            f"OUTPUTFORMAT {_text(storage['OutputFormat'])}",
            f"LOCATION {_text(self.folder.as_uri())}",
            f"TBLPROPERTIES ({_properties(self.definition['Parameters'])})",
        ]
        if serde.get("Parameters"):
            lines.insert(2, f"WITH SERDEPROPERTIES ({_properties(serde['Parameters'])})")
        if self.partition:
            lines.insert(1, f"PARTITIONED BY ({_columns(self.partition)})")
        return "\n".join(lines)


def tables(templates: list[Path], disk: Path) -> dict[str, Table]:
    """Returns the tables of all templates by `database.table`; `s3://bucket/key` becomes `disk/bucket/key`."""
    found = [table for template in templates for table in _tables(template, disk)]
    return {table.name: table for table in found}


def quoted_name(name: str) -> str:
    return ".".join(f"`{part}`" for part in name.split("."))


def _tables(template: Path, disk: Path) -> list[Table]:
    resources = _Template(template.read_text()).get_data()["Resources"]
    found = []
    for resource in resources.values():
        if resource["Type"] == "AWS::Glue::Table":
            database = _database(resource["Properties"]["DatabaseName"], resources)
            found.append(_table(database, resource["Properties"]["TableInput"], disk))
    return found


def _database(written: Any, resources: dict[str, Any]) -> str:
    if isinstance(written, str):
        return written
    return str(resources[written["Ref"]]["Properties"]["DatabaseInput"]["Name"])


def _table(database: str, definition: dict[str, Any], disk: Path) -> Table:
    storage = definition["StorageDescriptor"]
    return Table(
        name=f"{database}.{definition['Name']}",
        columns=[(column["Name"], column["Type"]) for column in storage["Columns"]],
        partition=[(key["Name"], key["Type"]) for key in definition.get("PartitionKeys", [])],
        folder=disk / storage["Location"].removeprefix("s3://").rstrip("/"),
        definition=definition,
    )


def _columns(columns: list[tuple[str, str]]) -> str:
    return ", ".join(f"`{name}` {kind}" for name, kind in columns)


def _properties(properties: dict[str, str]) -> str:
    return ", ".join(f"{_text(name)} = {_text(value)}" for name, value in properties.items())


def _text(value: str) -> str:
    escaped = "".join(c if c.isalnum() or c in " ._-:/=" else f"\\u{ord(c):04x}" for c in value)
    return f"'{escaped}'"


class _Template(yaml.SafeLoader):
    """YAML with CloudFormation's short forms of intrinsic functions."""


def _intrinsic(loader: _Template, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {suffix: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {suffix: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {suffix: loader.construct_mapping(node, deep=True)}


_Template.add_multi_constructor("!", _intrinsic)
