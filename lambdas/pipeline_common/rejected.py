"""How many rows the loads of a cluster rejected.

Each load leaves an empty object whose key says it, `<prefix>/<cluster>/<table>/<run>/<rows>`, so that listing is
enough, and whoever counts need not read a row. While a load runs, `loading` stands in the place of the number.
"""

from collections import Counter
from collections.abc import Iterator

from pipeline_common import clients
from pipeline_common.errors import PermanentError, TransientError, translated
from pipeline_common.inputs import variable

WORST = 10  # tables that a message names
HELP = 'What to do: docs/runbook.md, "Rows were rejected"'


def text(cluster_id: str | None) -> str:
    """Lines for a message. A number that cannot be had is said to be missing: the loads themselves went well."""
    if cluster_id is None:
        return "Rejected rows: not counted, for the cluster is not known"
    try:
        noted = dict(_noted(cluster_id))
    except (PermanentError, TransientError) as error:
        return f"Rejected rows: not counted: {error}"
    rows: Counter[str] = Counter()
    for (table, _), count in noted.items():
        rows[table] += count or 0
    uncounted = sorted({table for (table, _), count in noted.items() if count is None})
    return "\n".join([*_told(rows), *_named("Tables not counted", uncounted)])


def _noted(cluster_id: str) -> Iterator[tuple[tuple[str, str], int | None]]:
    """For each table and run of the cluster, the number that was noted last; None when there is none."""
    bucket, prefix = variable("Rejected_Counts_S3_Bucket"), variable("Rejected_Counts_S3_Prefix")
    place = f"{prefix}/{cluster_id}/"
    with translated(f"listing s3://{bucket}/{place}"):
        pages = clients.s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=place)
        found = [(note["LastModified"], note["Key"]) for page in pages for note in page.get("Contents", [])]
    notes = (key.removeprefix(place).split("/") for _, key in sorted(found))
    loads = [(table, run, what) for table, run, what in notes]
    yield from (((table, run), None) for table, run, _ in loads)
    yield from (((table, run), int(what)) for table, run, what in loads if what.isdecimal())


def _told(rows: Counter[str]) -> list[str]:
    worst = [f"{table}: {count}" for table, count in rows.most_common() if count]
    if not worst:
        return [f"Rejected rows: 0 (loaded tables: {len(rows)})"]
    total = f"Rejected rows: {rows.total()} (in {len(worst)} of {len(rows)} loaded tables)"
    return [total, *_first(worst), HELP]


def _named(title: str, tables: list[str]) -> list[str]:
    return [f"{title}: {len(tables)}", *_first(tables)] if tables else []


def _first(lines: list[str]) -> list[str]:
    left_out = [f"- and {len(lines) - WORST} more"] if len(lines) > WORST else []
    return [*(f"- {line}" for line in lines[:WORST]), *left_out]
