"""The tables of a history: one for each metric, machine and set of conditions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from harness.orchestrator.analysis.history import Line
from harness.orchestrator.reports.units import figure
from harness.orchestrator.reports.history import wording

HEADERS = ("Case", "Points", "First to last", "Trend", "Latest", "Last change")
BLOCKS = "▁▂▃▄▅▆▇█"
# Points that a trend of the table shows, the latest ones.
TREND = 24
# A trend spans at least so many times a metric's threshold: noise below it looks flat.
FLAT = 4


@dataclass(frozen=True)
class Table:
    """Lines under one heading; `notes` explain their changes."""

    heading: str
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def tables(lines: Iterable[Line]) -> list[Table]:
    """The tables in the order of the lines."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(f"{wording.metric_name(line.metric)}: {wording.place(line)}", []).append(line)
    return [
        Table(heading, tuple(row(line) for line in group), tuple(note for line in group for note in notes(line)))
        for heading, group in groups.items()
    ]


def row(line: Line) -> tuple[str, ...]:
    """A cell for each of HEADERS."""
    latest = figure(line.metric, line.values[-1])
    return (
        wording.case_name(line),
        str(len(line.points)),
        wording.span(line),
        trend(line.values[-TREND:], line.metric.threshold),
        latest,
        wording.verdict(line),
    )


def notes(line: Line) -> list[str]:
    """A sentence for each change of a line."""
    return [wording.explanation(line, step) for step in line.course.steps]


def trend(values: list[float], threshold: float) -> str:
    """The values as blocks of eight heights; single bad points are cut off, so that they do not flatten the others."""
    logs = np.log(values)
    low, high = np.quantile(logs, [0.1, 0.9])
    middle, half = (low + high) / 2, max(high - low, FLAT * np.log1p(threshold)) / 2
    heights = (logs - middle + half) / (2 * half) * len(BLOCKS)
    return "".join(BLOCKS[int(height)] for height in np.clip(heights, 0, len(BLOCKS) - 1))
