"""Rows as text: what ORC and text files hold, and what a case expects, in one form."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from catalog import Table, quoted_name
from pyarrow import orc
from pyspark.sql import SparkSession

Rows = list[list[str]]

NULL = "\\N"


def of_orc(table: Table) -> Rows:
    """Reads the ORC files of a table, each row with the partition that its folder names; sorted."""
    rows: Rows = []
    for file in _files(table.folder):
        partition = dict(part.split("=", 1) for part in file.relative_to(table.folder).parts[:-1])
        values = [unquote(partition[name]) for name, _ in table.partition]
        found = orc.read_table(file).to_pylist()
        rows.extend([text(row[name]) for name, _ in table.columns] + values for row in found)
    return sorted(rows)


def of_text(spark: SparkSession, table: Table) -> Rows:
    """Reads a table of text through its serde; a source file is shown by its name alone; sorted."""
    named = [row.asDict() for row in spark.table(quoted_name(table.name)).collect()]
    for row in named:
        row["_source_file"] = Path(row["_source_file"]).name
    return sorted([text(value) for value in row.values()] for row in named)


def partitions_on_disk(table: Table) -> set[str]:
    """Returns the partitions that have rows, as the catalog writes them."""
    holding = {f.parent for f in _files(table.folder) if orc.ORCFile(f).nrows > 0}
    return {str(folder.relative_to(table.folder)) for folder in holding}


def partitions_in_catalog(spark: SparkSession, table: Table) -> set[str]:
    """Returns the partitions that the catalog knows."""
    return {row[0] for row in spark.sql(f"SHOW PARTITIONS {quoted_name(table.name)}").collect()}


def header(table: Table) -> list[str]:
    """Returns the names of all columns."""
    return [name for name, _ in table.columns + table.partition]


def read(file: Path) -> Rows:
    """Reads expected rows below their header line; none when there is no such file."""
    if not file.exists():
        return []
    return sorted(list(csv.reader(io.StringIO(file.read_text(), newline="")))[1:])


def write(names: list[str], rows: Rows) -> str:
    """Returns rows as such a file holds them."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([names, *rows])
    return out.getvalue()


def text(value: Any) -> str:
    """Returns a value as text; arrays, maps and structs as JSON, NULL as `\\N`."""
    match value:
        case None:
            return NULL
        case bool():
            return str(value).lower()
        case list() if value and isinstance(value[0], tuple):
            return json.dumps(dict(sorted(value)))
        case list() | dict():
            return json.dumps(value)
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def _files(folder: Path) -> list[Path]:
    """Hive leaves files without a byte where there are no rows."""
    files = (file for file in folder.rglob("*") if file.is_file() and file.name[0] not in "._")
    return sorted(file for file in files if file.stat().st_size > 0)
