"""What stored sessions say about each case over time: lines of points that may be compared with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from harness.orchestrator.analysis.change_points import Course, Step, course_of
from harness.orchestrator.analysis.comparability import IDENTITY, OF_METRIC, at
from harness.orchestrator.analysis.metrics import Metric

# Fields of a case that the points of a line share. The version is none of them: that it changes is what one looks for.
CASE = (*IDENTITY, "data", "samples", "epochs", "warmup_epochs")
# Runs of other sides are what a comparison changed on purpose; a candidate is the checkout as it is.
SIDES = (None, "candidate")


@dataclass(frozen=True)
class Point:
    """A case in one session: the median of its runs that are ok, the least and the largest of them."""

    session: str
    begin_utc: str
    value: float
    low: float
    high: float
    runs: int
    version: str | None
    facts: dict[str, str]  # what may have changed the figure: commit, versions, kernel


@dataclass(frozen=True)
class Line:
    """The history of one metric of one case under one set of conditions on one machine, oldest point first."""

    metric: Metric
    machine: dict
    conditions: dict
    points: tuple[Point, ...]
    course: Course

    @property
    def values(self) -> list[float]:
        return [point.value for point in self.points]

    def around(self, step: Step) -> tuple[Point, Point]:
        """The last point of the old level and the first of the new one."""
        return self.points[step.place - 1], self.points[step.place]


def usable(record: dict) -> bool:
    """Whether a record may be a part of a history."""
    return record["status"] == "ok" and record["run"].get("side") in SIDES


def left_out(records: Iterable[dict]) -> list[str]:
    """A sentence's part for each kind of runs that are in no history, with how many there are."""
    reasons = Counter(why_not(record) for record in records if not usable(record))
    return [f"{count} {reason}" for reason, count in reasons.most_common()]


def why_not(record: dict) -> str:
    """Why a record is not usable, with the case that this was about."""
    case, status = record["case"], record["status"]
    reason = f"side {record['run']['side']} of a comparison" if status == "ok" else status
    return f"{case['backend']} {case['workload']} ({reason})"


def lines(records: Iterable[dict], metrics: Iterable[Metric]) -> list[Line]:
    """A line for each metric, machine and set of conditions that has a figure, ordered by metric and case."""
    ok = sorted(filter(usable, records), key=lambda record: record["run"]["begin_utc"])
    return [line for metric in metrics for line in lines_of(ok, metric)]


def lines_of(records: list[dict], metric: Metric) -> list[Line]:
    """The lines of one metric."""
    groups: dict[tuple, list[dict]] = {}
    for record in records:
        if (metric.of(record) or 0) > 0:  # what is below the clock's own noise has no ratio
            groups.setdefault(identity(record, metric), []).append(record)
    return sorted((line(group, metric) for group in groups.values()), key=order)


def order(line: Line) -> list[str]:
    """What lines are ordered by: machine, then backend, workload and the rest."""
    return [str(value) for value in (*line.machine.values(), *line.conditions.values())]


def identity(record: dict, metric: Metric) -> tuple:
    """What all records of a line share."""
    return tuple(freeze(part) for part in (fingerprint(record["machine"]), shared_conditions(record, metric)))


def freeze(value: Any) -> Hashable:
    """A value as something that can be a key."""
    if isinstance(value, dict):
        return tuple((key, freeze(part)) for key, part in sorted(value.items()))
    return tuple(value) if isinstance(value, list) else value


def fingerprint(machine: dict) -> dict:
    """What makes times on two machines incomparable; the name stands for the processor. Memory: in whole GiB."""
    known = {key: machine.get(key) for key in ("name", "available_cores", "available_cpus")}
    return {**known, "memory_gib": round(machine["memory_bytes"] / 2**30)}


def shared_conditions(record: dict, metric: Metric) -> dict:
    """What must be alike for figures of this metric to be compared."""
    of_metric = {name: at(record, path) for name, path in OF_METRIC.get(metric.key, {}).items()}
    return {key: record["case"].get(key) for key in CASE} | of_metric


def line(records: list[dict], metric: Metric) -> Line:
    """The line of records that share their identity."""
    sessions: dict[str, list[dict]] = {}
    for record in records:
        sessions.setdefault(record["session"]["id"], []).append(record)
    points = tuple(point(runs, metric) for runs in sessions.values())
    course = course_of([one.value for one in points], metric.threshold)
    first = records[0]
    return Line(metric, fingerprint(first["machine"]), shared_conditions(first, metric), points, course)


def point(runs: list[dict], metric: Metric) -> Point:
    """One session's runs of a case."""
    values = [metric.of(run) for run in runs]
    first = runs[0]
    return Point(
        session=first["session"]["id"],
        begin_utc=first["run"]["begin_utc"],
        value=median(values),
        low=min(values),
        high=max(values),
        runs=len(runs),
        version=first["case"].get("version"),
        facts=facts(first),
    )


def facts(record: dict) -> dict[str, str]:
    """What a change between two sessions may come from."""
    machine = record["machine"]
    return {
        "commit": commit(machine.get("harness") or {}),
        **{name: str(version) for name, version in (record["versions"] or {}).items()},
        "kernel": str(machine.get("kernel")),
        "os": str(machine.get("os")),
        "environment": str((record["environment"] or {}).get("digest"))[:12],
    }


def commit(harness: dict) -> str:
    """The checkout's commit, short, and whether its sources differed from it."""
    return f"{str(harness.get('commit'))[:9]}{' with changes' if harness.get('dirty') else ''}"


def differences(before: Point, after: Point) -> list[str]:
    """What differs between two points, as far as records tell."""
    names = dict.fromkeys([*before.facts, *after.facts])
    found = [
        between(name, before.facts.get(name, "none"), after.facts.get(name, "none"))
        for name in names
        if before.facts.get(name) != after.facts.get(name)
    ]
    return found or ["nothing recorded"]


def between(name: str, old: str, new: str) -> str:
    """A difference in words; two commits as git takes them."""
    plain = name == "commit" and " " not in old + new
    return f"{name} {old}..{new}" if plain else f"{name} {old} to {new}"
