"""The programs of the cluster that a load uses, acting on S3: `aws s3 ls`, `s3-dist-cp` and `hive -f`."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from artefacts import Table
from faults import Faults
from shell import Outcome, Program


@dataclass(frozen=True)
class Place:
    """A bucket and a prefix."""

    bucket: str
    prefix: str

    @staticmethod
    def of(uri: str) -> Place:
        found = re.fullmatch(r"s3://([^/]+)/(.*)", uri)
        if not found:
            raise CommandError(f"no address in S3: {uri}")
        return Place(found[1], found[2])


class CommandError(Exception):
    """A command that the program refuses."""


class Arguments(argparse.ArgumentParser):
    """Refuses what it does not know, and never exits."""

    def __init__(self, program: str) -> None:
        super().__init__(program, add_help=False, allow_abbrev=False)

    def error(self, message: str) -> Any:
        raise CommandError(f"{self.prog}: {message}")


class Programs:
    """The programs by name, on one S3 and one catalog."""

    def __init__(self, s3: Any, tables: dict[str, Table], faults: Faults) -> None:
        self._s3 = s3
        self._tables = tables
        self._faults = faults

    def by_name(self) -> dict[str, Program]:
        return {"aws": _guarded(self.aws), "s3-dist-cp": _guarded(self.s3_dist_cp), "hive": _guarded(self.hive)}

    def aws(self, arguments: list[str]) -> Outcome:
        """`aws s3 ls` ends with 1 when nothing is there (AWS CLI, "Return codes"); `cp` of `-` takes no input here."""
        parser = Arguments("aws")
        parser.add_argument("--region", required=True)
        parser.add_argument("--recursive", action="store_true")
        parser.add_argument("words", nargs="+")
        given = parser.parse_intermixed_args(arguments)
        if given.words[:3] == ["s3", "cp", "-"] and len(given.words) == 4:
            return self._put_empty(Place.of(given.words[3]))
        if given.words[:2] != ["s3", "ls"] or len(given.words) != 3 or not given.recursive:
            raise CommandError(f"aws: not known here: {given.words}")
        keys = self._keys(Place.of(given.words[2]))
        return Outcome(0 if keys else 1, "".join(f"2026-01-01 01:00:00 {1:>10} {key}\n" for key in keys))

    def _put_empty(self, place: Place) -> Outcome:
        if self._faults.refused_notes and place.prefix.rsplit("/", 1)[1] != "loading":
            raise CommandError("upload failed: injected")
        self._s3.put_object(Bucket=place.bucket, Key=place.prefix, Body=b"")
        return Outcome(0)

    def s3_dist_cp(self, arguments: list[str]) -> Outcome:
        """Files keep their path below the source; only when all are copied are the sources deleted."""
        parser = Arguments("s3-dist-cp")
        parser.add_argument("--src", type=Place.of, required=True)
        parser.add_argument("--dest", type=Place.of, required=True)
        parser.add_argument("--deleteOnSuccess", action="store_true")
        given = parser.parse_args(arguments)
        keys = [key for key in self._keys(given.src) if not key.endswith("/")]
        for key in keys:
            target = given.dest.prefix + key.removeprefix(given.src.prefix)
            source = {"Bucket": given.src.bucket, "Key": key}
            self._s3.copy_object(Bucket=given.dest.bucket, Key=target, CopySource=source)
        if self._faults.half_moves:
            self._faults.half_moves -= 1
            raise CommandError("injected")
        if given.deleteOnSuccess:
            for key in keys:
                self._s3.delete_object(Bucket=given.src.bucket, Key=key)
        return Outcome(0, f"{len(keys)} files\n")

    def hive(self, arguments: list[str]) -> Outcome:
        """Each table that the script writes gets a file that lists what was in the tables that it reads."""
        parser = Arguments("hive")
        parser.add_argument("-v", action="store_true")
        parser.add_argument("--hivevar", action="append", default=[])
        parser.add_argument("-f", type=Place.of, required=True)
        given = parser.parse_args(arguments)
        script = self._content(given.f.bucket, given.f.prefix).decode()
        for variable in given.hivevar:
            name, value = variable.split("=", 1)
            script = script.replace(f"${{hivevar:{name}}}", value)
        if unset := re.findall(r"\$\{[^}]*\}", script):
            raise CommandError(f"hive: not set: {', '.join(unset)}")
        sources, targets = self._tables_of(script)
        read = [[key, self._etag(t.bucket, key)] for t in sources for key in self._keys(Place(t.bucket, t.prefix))]
        for table in targets:
            loads = len(self._keys(Place(table.bucket, table.prefix)))
            key = f"{table.prefix}load-{loads:04}"
            self._s3.put_object(Bucket=table.bucket, Key=key, Body=json.dumps(read).encode())
        rejected = sum(self._faults.rejected[table.name.split(".")[1]] for table in targets)
        return Outcome(0, f"read {len(read)} files\nrejected rows: {rejected} some reason\n")

    def _tables_of(self, script: str) -> tuple[list[Table], list[Table]]:
        """The tables in text that the script reads, and those that it fills; it may name no other."""
        named = {name.replace("`", "") for name in re.findall(r"(?i)\b(?:FROM|TABLE)\s+([`\w]+\.[`\w]+)", script)}
        if strange := named - self._tables.keys():
            raise CommandError(f"hive: the catalog has no {', '.join(sorted(strange))}")
        written = re.findall(r"(?i)\bINSERT\s+(?:INTO|OVERWRITE)\s+TABLE\s+([`\w]+\.[`\w]+)", script)
        targets = {name.replace("`", "") for name in written}
        if not targets or not named - targets:
            raise CommandError("hive: the script loads nothing")
        return [self._tables[name] for name in sorted(named - targets)], [
            self._tables[name] for name in sorted(targets)
        ]

    def _keys(self, place: Place) -> list[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=place.bucket, Prefix=place.prefix)
        return [found["Key"] for page in pages for found in page.get("Contents", [])]

    def _content(self, bucket: str, key: str) -> bytes:
        try:
            content: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except self._s3.exceptions.NoSuchKey as error:
            raise CommandError(f"no file s3://{bucket}/{key}") from error
        return content

    def _etag(self, bucket: str, key: str) -> str:
        etag: str = self._s3.head_object(Bucket=bucket, Key=key)["ETag"]
        return etag


def _guarded(program: Callable[[list[str]], Outcome]) -> Program:
    def run(arguments: list[str]) -> Outcome:
        try:
            return program(arguments)
        except CommandError as error:
            return Outcome(2, f"{error}\n")

    return run
