"""Runs the emitted Hive scripts over the cases and compares what they leave, row by row.

A case is a folder `cases/<table>/<case>`: `1`, `2`… are the files of one load each, `prod.csv` and
`rejected.csv` the rows that stand there in the end; no file means no rows. Then the last load runs
again, as a repeated step or after a crash between load and archive: rejected rows must not change,
nor prod, unless `prod_again.csv` says how. Each load says how many rows it rejected.
"""

import argparse
import difflib
import re
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import catalog
import hive
import rows
from pyspark.sql import SparkSession

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Target:
    """A table of a blueprint, as its three tables in the catalog, with its script."""

    script: str
    stage: catalog.Table
    prod: catalog.Table
    rejected: catalog.Table


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--write", action="store_true", help="write what is found as expected")
    arguments.add_argument("--only", default="", help="cases whose path holds this text")
    arguments.add_argument("outs", nargs="+", type=Path, help="folders `out/<environment>`")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="hive-") as disk:
        targets: dict[str, Target] = {}
        for out in given.outs:
            targets |= _targets(out, Path(disk))
        sys.exit(_check(targets, Path(disk), given.only, given.write))


def _targets(out: Path, disk: Path) -> dict[str, Target]:
    tables = catalog.tables(sorted(out.glob("catalog*.template.yaml")), disk)
    found = {}
    for prod in (table for table in tables.values() if table.is_orc):
        name = prod.name.split(".")[1]
        stage, rejected = (_text(tables, wanted) for wanted in (name, f"{name}_rejected"))
        found[name] = Target(_script(out, prod), stage, prod, rejected)
    return found


def _text(tables: dict[str, catalog.Table], name: str) -> catalog.Table:
    return next(t for t in tables.values() if t.name.endswith(f".{name}") and not t.is_orc)


def _script(out: Path, prod: catalog.Table) -> str:
    """Returns the one script that writes a table."""
    scripts = [file.read_text() for file in (out / "libs/hive-scripts").rglob("*.sql")]
    database, name = prod.name.split(".")
    written = re.compile(rf"^INSERT \w+ TABLE `?{database}`?\.`?{name}`?\s", re.MULTILINE)
    [script] = [script for script in scripts if written.search(script)]
    return script


def _check(targets: dict[str, Target], disk: Path, only: str, write: bool) -> int:
    start = time.monotonic()
    spark = hive.session(disk)
    for name in sorted({t.name.split(".")[0] for one in targets.values() for t in _tables(one)}):
        spark.sql(f"CREATE DATABASE {name}")
    print(f"Spark is up after {time.monotonic() - start:.0f} s", flush=True)
    cases = [case for case in sorted(CASES.glob("*/*")) if only in str(case.relative_to(CASES))]
    by_table = {case.parent.name: [c for c in cases if c.parent == case.parent] for case in cases}

    def judge(name: str) -> list[str]:
        return [_judge(spark, targets[name], case, write) for case in by_table[name]]

    with ThreadPoolExecutor(max_workers=2) as pool:
        complaints = [said for some in pool.map(judge, by_table) for said in some if said]
    print("\n".join(complaints))
    print(f"{len(cases)} cases, {len(complaints)} fail, {time.monotonic() - start:.0f} s in all")
    return 1 if complaints or not cases else 0


def _judge(spark: SparkSession, target: Target, case: Path, write: bool) -> str:
    start = time.monotonic()
    try:
        said = "".join(_differences(spark, target, case, write))
    except Exception as error:  # One case that breaks must not hide what the others say.
        said = f"{type(error).__name__}: {str(error)[:2000]}\n"
    name = case.relative_to(CASES)
    print(f"{'FAIL' if said else 'ok':4} {time.monotonic() - start:5.1f} s  {name}", flush=True)
    return f"\n== {name}\n{said}" if said else ""


def _differences(spark: SparkSession, target: Target, case: Path, write: bool) -> list[str]:
    for table in _tables(target):
        hive.create(spark, table)
    loads = sorted(path for path in case.iterdir() if path.is_dir())
    for load in loads:
        shutil.rmtree(target.stage.folder)
        target.stage.folder.mkdir()
        hive.put(load, target.stage.folder, target.stage.header_lines)
        hive.run(spark, target.script, f"run-{load.name}")
    once, refused = rows.of_orc(target.prod), rows.of_text(spark, target.rejected)
    printed = hive.run(spark, target.script, f"run-{loads[-1].name}")
    again, refused_again = rows.of_orc(target.prod), rows.of_text(spark, target.rejected)
    if write:
        _write(case / "prod.csv", target.prod, once)
        _write(case / "rejected.csv", target.rejected, refused)
        _write(case / "prod_again.csv", target.prod, again if again != once else [])
    twice = case / "prod_again.csv"
    return [
        _diff(case / "prod.csv", target.prod, once),
        _diff(case / "rejected.csv", target.rejected, refused),
        _diff(case / "rejected.csv", target.rejected, refused_again),
        _miscounted(printed, sum(row[-1] == f"run-{loads[-1].name}" for row in refused_again)),
        _diff(twice if twice.exists() else case / "prod.csv", target.prod, again),
        _unknown_partitions(spark, target.prod),
    ]


def _tables(target: Target) -> tuple[catalog.Table, ...]:
    return (target.stage, target.prod, target.rejected)


def _write(file: Path, table: catalog.Table, found: rows.Rows) -> None:
    file.unlink(missing_ok=True)
    if found:
        file.write_text(rows.write(rows.header(table), found))


def _diff(file: Path, table: catalog.Table, found: rows.Rows) -> str:
    names = rows.header(table)
    expected, there = (
        rows.write(names, some).splitlines(keepends=True) for some in (rows.read(file), found)
    )
    return "".join(difflib.unified_diff(expected, there, f"{file.name} as expected", "as found"))


def _miscounted(printed: list[str], refused: int) -> str:
    """The number as the step reads it: the third word of the one line that begins so."""
    counts = [line.split()[2] for line in printed if line.startswith("rejected rows: ")]
    return "" if counts == [str(refused)] else f"{refused} rows are rejected, and it says {counts}\n"


def _unknown_partitions(spark: SparkSession, table: catalog.Table) -> str:
    if not table.partition:
        return ""
    unknown = rows.partitions_on_disk(table) - rows.partitions_in_catalog(spark, table)
    return f"the catalog does not know {sorted(unknown)}\n" if unknown else ""


if __name__ == "__main__":
    main()
