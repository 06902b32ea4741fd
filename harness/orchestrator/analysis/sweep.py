"""Throughput against batch size or threads: what a case gains from more of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from harness.orchestrator.analysis.comparability import identity_of
from harness.orchestrator.analysis.pairs import place

METRIC = "samples_per_s"
BATCH_SIZE, THREADS = "batch_size", "threads"
AXES = (BATCH_SIZE, THREADS)


@dataclass(frozen=True)
class Point:
    """A case at one value of an axis.

    throughput, low, high: samples/s, the median of its runs, the least and the most
    gain: throughput relative to that at the smallest value, round by round where there are rounds of both
    efficiency: the gain relative to the ideal one: of n times the threads n, of larger batches 1
    """

    value: int
    runs: int
    throughput: float
    low: float
    high: float
    gain: float
    efficiency: float


@dataclass(frozen=True)
class Curve:
    """A case at two values at least, smallest first; `case` names it without the axis."""

    case: dict[str, str]
    side: str | None
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Sweep:
    """All curves over one axis."""

    axis: str
    curves: tuple[Curve, ...]

    @property
    def values(self) -> list[int]:
        """All values that a curve has, smallest first."""
        return sorted({point.value for curve in self.curves for point in curve.points})

    @property
    def rounds(self) -> int:
        """The most runs that a point has."""
        return max(point.runs for curve in self.curves for point in curve.points)


def sweeps(records: Iterable[dict]) -> list[Sweep]:
    """A sweep for each axis on which a case has a throughput at several values."""
    good = [record for record in records if record["status"] == "ok" and record["metrics"].get(METRIC)]
    good.sort(key=planned_place)
    found = [Sweep(axis, tuple(curves(good, axis))) for axis in AXES]
    return [sweep for sweep in found if sweep.curves]


def planned_place(record: dict) -> tuple[int, ...]:
    """Where a record's workload and backend stand in its session."""
    planned = ((record["session"].get(f"{field}s", []), record["case"][field]) for field in ("workload", "backend"))
    return tuple(names.index(name) if name in names else len(names) for names, name in planned)


def curves(records: list[dict], axis: str) -> list[Curve]:
    """The curves of records that have a throughput."""
    groups: dict[tuple, dict[int, list[dict]]] = {}
    for record in records:
        case = identity_of(record["case"])
        value = case.pop(axis)
        if value.isdecimal():
            key = (record["run"].get("side"), tuple(case.items()))
            groups.setdefault(key, {}).setdefault(int(value), []).append(record)
    return [Curve(dict(case), side, points(runs, axis)) for (side, case), runs in groups.items() if len(runs) > 1]


def points(runs: dict[int, list[dict]], axis: str) -> tuple[Point, ...]:
    """A point for each value, from its runs."""
    least = min(runs)
    return tuple(point(value, runs[value], least, runs[least], axis) for value in sorted(runs))


def point(value: int, runs: list[dict], least: int, first: list[dict], axis: str) -> Point:
    """The point at a value, beside the runs at the smallest one."""
    found, grown = [run["metrics"][METRIC] for run in runs], gain(runs, first)
    ideal = value / least if axis == THREADS else 1.0
    return Point(value, len(runs), median(found), min(found), max(found), grown, grown / ideal)


def gain(runs: list[dict], first: list[dict]) -> float:
    """How many times the throughput of the first runs: the median over rounds, else the ratio of medians."""
    of_first = {place(run): run["metrics"][METRIC] for run in first}
    ratios = [run["metrics"][METRIC] / of_first[place(run)] for run in runs if place(run) in of_first]
    if ratios:
        return median(ratios)
    return median(run["metrics"][METRIC] for run in runs) / median(of_first.values())
