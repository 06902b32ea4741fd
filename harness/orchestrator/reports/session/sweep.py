"""Sweeps in words: throughput against batch size and threads, and what scaling is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.orchestrator.analysis.sweep import BATCH_SIZE, THREADS, Curve, Point, Sweep
from harness.orchestrator.core.formatting import ABSENT, counted, significant

TITLES = {BATCH_SIZE: "batch size", THREADS: "threads"}
# What a curve is named by, before what only some of them differ in.
TASK = ("workload", "backend")


@dataclass(frozen=True)
class Grid:
    """Lines of text below headers; the first column says of what."""

    title: str
    headers: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


def grids(sweep: Sweep) -> tuple[Grid, Grid]:
    """The throughput, and what it gains."""
    band = "; median, least and most of the rounds" if sweep.rounds > 1 else ""
    figures = Grid(f"Throughput by {TITLES[sweep.axis]} (training samples/s{band})", *filled(sweep, throughput))
    return figures, Grid(gain_title(sweep), *filled(sweep, efficiency))


def gain_title(sweep: Sweep) -> str:
    """What the second grid shows."""
    if sweep.axis == BATCH_SIZE:
        return "Throughput relative to that with the smallest batches"
    return "Efficiency of scaling: throughput per thread relative to the smallest number of threads (1 is ideal)"


def filled(sweep: Sweep, show: Callable[[Point], str]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headers and lines with a cell for each value."""
    lines = []
    for curve in sweep.curves:
        known = {point.value: show(point) for point in curve.points}
        lines.append((label(curve, sweep), *(known.get(value, ABSENT) for value in sweep.values)))
    return ("Task", *(in_words(sweep.axis, str(value)) for value in sweep.values)), tuple(lines)


def throughput(point: Point) -> str:
    """Samples a second, with its band if it has one."""
    band = f" ({rate(point.low)}–{rate(point.high)})" if point.runs > 1 else ""
    return rate(point.throughput) + band


def rate(value: float) -> str:
    """A number of samples a second."""
    return f"{value:,.0f}" if value >= 100 else significant(value)


def efficiency(point: Point) -> str:
    """The gain as a share of the ideal one."""
    return f"{point.efficiency:.2f}"


def label(curve: Curve, sweep: Sweep) -> str:
    """A curve's workload and backend, and what else tells it from the others."""
    return ", ".join(filter(None, (" ".join(curve.case[field] for field in TASK), conditions(curve, sweep))))


def conditions(curve: Curve, sweep: Sweep) -> str:
    """What tells a curve from others of its workload and backend."""
    alike = [one for one in sweep.curves if all(one.case[field] == curve.case[field] for field in TASK)]
    varying = [field for field, value in curve.case.items() if any(one.case[field] != value for one in alike)]
    side = [f"side {curve.side}"] if curve.side else []
    return ", ".join([*(in_words(field, curve.case[field]) for field in varying), *side])


def in_words(field: str, value: str) -> str:
    """A part of a case as it reads alone."""
    if field == THREADS:
        return counted(int(value), "thread")
    return f"batch {value}" if field == BATCH_SIZE else value
