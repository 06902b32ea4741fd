"""What a rule is, what it sees in a run, and what is said of all runs together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sign:
    """What a rule sees in one run: a sentence that goes on after the names of the runs, with figures and what to do.

    `weight`: how bad it is; of several runs the worst is reported. None: a fact without figures; runs that differ have
    a sentence each.
    """

    sentence: str
    weight: float | None = None


# The records of one case -> the signs, by the place of the record.
Look = Callable[[list[dict]], dict[int, Sign]]


@dataclass(frozen=True)
class Rule:
    """One kind of diagnostic. `of_machine`: runs of all backends share a sentence."""

    code: str
    look: Look
    of_machine: bool = False


@dataclass(frozen=True)
class Diagnostic:
    """One sentence on `runs`, places in the list of records, by the rule with the code."""

    code: str
    sentence: str
    runs: tuple[int, ...]


def of_each(judge: Callable[[dict], Sign | None]) -> Look:
    """A rule's look that judges each run by itself."""

    def look(records: list[dict]) -> dict[int, Sign]:
        judged = {place: judge(record) for place, record in enumerate(records)}
        return {place: sign for place, sign in judged.items() if sign is not None}

    return look


def seen(record: dict, when: str) -> dict:
    """What a record's `conditions` say of `before` or `during` the run; empty if none were taken."""
    return (record.get("conditions") or {}).get(when) or {}
