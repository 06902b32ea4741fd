"""Finds the stored runs that a person means: a session or a side of it, a commit, a machine, a version of a backend.

Runs of one source are compared with each other by its sides, or by the values that they have on an axis.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.orchestrator.analysis.comparability import ALL, COMPARED, IDENTITY, MUST_AGREE, at, identity_of, readable
from harness.orchestrator.core.cases import case_name, full_name
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.core.names import check_names, glob
from harness.orchestrator.results.store import find, find_folder, load, load_all

COMMIT = re.compile(r"[0-9a-f]{7,40}")
VERSION = re.compile(r"([a-z0-9_]+)==(\S+)")
FORMS = "a session, session:side, a folder or record file, a commit, a machine's name, or e.g. tensorflow==2.20.0"


@dataclass(frozen=True)
class Selection:
    """Runs under the name by which they were asked for; `problems` are sentences about files that cannot be read."""

    name: str
    records: list[dict]
    problems: list[str]


def select(source: str, results: Path) -> Selection:
    """The runs that `source`, one of FORMS, means.

    Raises:
        ConfigError: it means nothing, or not one thing.
    """
    found = of_records(source, results) or of_session(source, results)
    if not found.records:
        raise ConfigError(f"{source} has no records. Expected {FORMS}, with runs in {results.name}/. Received none.")
    return found


def of_records(source: str, results: Path) -> Selection | None:
    """All stored runs of a commit, machine or version; None if `source` is none of these, or no run is its."""
    test = record_test(source, results)
    if test is None or Path(source).exists():
        return None
    records, problems = load_all(results)
    found = [record for record in records if test(record)]
    return Selection(source, found, problems) if found else None


def record_test(source: str, results: Path) -> Callable[[dict], bool] | None:
    """Whether a record is of what `source` names; None if it names no such thing, so that nothing need be read."""
    version = VERSION.fullmatch(source)
    if version:
        backend, number = version.groups()
        return lambda record: record["case"]["backend"] == backend and record["case"].get("version") == number
    if COMMIT.fullmatch(source):
        return lambda record: (at(record, COMPARED["commit"]) or "").startswith(source)
    if (results / source).is_dir():
        return lambda record: at(record, MUST_AGREE["machine"]) == source
    return None


def of_session(source: str, results: Path) -> Selection:
    """A session's runs, or those of one of its sides."""
    if Path(source).is_file():
        stored = find((source,), results)[0]
        return Selection(source, stored.records, stored.problems)
    name, _, side = source.partition(":")
    try:
        stored = load(find_folder(name, results))
    except ConfigError as error:
        raise ConfigError(f"{source} names no stored runs. Expected {FORMS}. {error}") from error
    records = [record for record in stored.records if side in ("", record["run"].get("side"))]
    return Selection(source, records, stored.problems)


def of_cases(patterns: Sequence[str] | None, *groups: list[dict]) -> list[list[dict]]:
    """Of each group the records of the cases that one of the patterns names, shortly or fully; all without patterns.

    Raises:
        ConfigError: a pattern names no case of any group.
    """
    if patterns is None:
        return list(groups)
    cases = [record["case"] for group in groups for record in group]
    for pattern in patterns:
        if not any(names_case(pattern, case) for case in cases):
            known = ", ".join(dict.fromkeys(map(case_name, cases))) or "none"
            raise ConfigError(f"No case has such a name. Expected a pattern of {known}. Received {pattern!r}.")
    return [
        [record for record in group if any(names_case(pattern, record["case"]) for pattern in patterns)]
        for group in groups
    ]


def names_case(pattern: str, case: dict) -> bool:
    """Whether a pattern matches a case's short name or its full one."""
    return bool(fnmatch.filter((case_name(case), full_name(case)), glob(pattern)))


def sides_of(records: list[dict]) -> list[str]:
    """The labels of the sides that records belong to, as their session names them."""
    planned = [label for record in records for label in record["session"].get("sides", {})]
    present = {record["run"].get("side") for record in records}
    return [label for label in dict.fromkeys(planned) if label in present]


def by_side(source: Selection) -> list[Selection]:
    """The runs of each side of a source's session, none if it has no two."""
    labels = sides_of(source.records)
    return [of_side(source, label) for label in labels] if len(labels) > 1 else []


def of_side(source: Selection, label: str) -> Selection:
    """The runs of one side."""
    records = [record for record in source.records if record["run"].get("side") == label]
    return Selection(f"{source.name}:{label}", records, source.problems)


def by_axis(source: Selection, axis: str, first: str | None = None) -> list[tuple[Selection, Selection]]:
    """The runs with one value on an axis, together with those of each other value.

    Sides are apart from each other, unless they are what the values belong to.

    Args:
        axis: a field of comparability.ACROSS.
        first: the value that the others are compared with; None: the smallest number, else the first one configured.

    Raises:
        ConfigError: there are no two values, or `first` is none of them.
    """
    if axis == "workload":
        raise ConfigError(
            "Workloads are different tasks. Expected an axis on which one task varies. Received workload."
        )
    parts = [part for part in by_side(source) if len(values_on(part, axis)) > 1] or [source]
    check_values(source, axis, list(dict.fromkeys(value for part in parts for value in values_on(part, axis))), first)
    return [pair for part in parts for pair in pairs_on(part, axis, first)]


def check_values(source: Selection, axis: str, found: list[str], first: str | None) -> None:
    """Raises ConfigError if there is nothing to compare, or not with `first`."""
    if len(found) < 2:
        raise ConfigError(
            f"{source.name} has one value of {axis}. Expected two at least. "
            f"Received {axis}={', '.join(found) or None}. Measure another one, or name a second source."
        )
    if first is not None:
        check_names(axis, [first], found)


def pairs_on(source: Selection, axis: str, first: str | None) -> list[tuple[Selection, Selection]]:
    """The first value's runs with those of each other one."""
    found = {value: with_value(source, axis, value) for value in values_on(source, axis)}
    start = found.pop(first if first in found else next(iter(found)))
    return [(start, other) for other in found.values()]


def with_value(source: Selection, axis: str, value: str) -> Selection:
    """The runs that have a value."""
    records = [record for record in source.records if value_on(record, axis) == value]
    return Selection(f"{source.name} {axis}={value}", records, source.problems)


def values_on(source: Selection, axis: str) -> list[str]:
    """The values of an axis: numbers by size, others as their sessions name them, the rest by name."""
    planned = [str(name) for record in source.records for name in record["session"].get(f"{axis}s") or []]
    known = {value_on(record, axis) for record in source.records} - {None}
    named = [value for value in dict.fromkeys(planned) if value in known]
    return named + sorted(known - {*named}, key=lambda value: (int(value) if value.isdecimal() else 0, value))


def value_on(record: dict, axis: str) -> str | None:
    """What a record has on an axis, None if nothing: a run without data has no data set."""
    if axis in IDENTITY:
        return identity_of(record["case"])[axis]
    found = at(record, ALL[axis])
    return None if found is None else readable(found)
