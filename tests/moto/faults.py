"""What goes wrong in a scenario; everything works unless told otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

FOR_GOOD = 10**6

Named = Counter[tuple[str, str]]


@dataclass
class Faults:
    """Each kind of fault; a counter says how often it still happens."""

    cluster_never_starts: bool = False
    cluster_dies_at_start: bool = False
    workers_never_arrive: bool = False
    step_seconds: float = 90
    # How many times `s3-dist-cp` dies when all is copied and nothing is deleted yet.
    half_moves: int = 0
    # A step by its command and table, such as `load sample_country_dim`.
    steps: Counter[str] = field(default_factory=Counter)
    # Rows that a load rejects, by table.
    rejected: Counter[str] = field(default_factory=Counter)
    # Whether the cluster may not note how many these were.
    refused_notes: bool = False
    # What someone does at the moment when such a step is submitted.
    when_submitted: dict[str, Callable[[], object]] = field(default_factory=dict)
    # A function, and the error by which Lambda itself refuses its invocation.
    invocations: Named = field(default_factory=Counter)
    # An operation of AWS, and the code that is its answer.
    answers: Named = field(default_factory=Counter)

    def clear(self) -> None:
        vars(self).update(vars(Faults()))


def take(counter: Named, name: str) -> str | None:
    """Use up one of the faults of this name; which one it is."""
    for (named, fault), left in counter.items():
        if named == name and left > 0:
            counter[named, fault] -= 1
            return fault
    return None
