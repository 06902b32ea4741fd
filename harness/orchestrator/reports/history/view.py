"""A history in tables and words, for every format: a table for each metric, machine and set of conditions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from harness.orchestrator.analysis.change_points import FEWEST_POINTS, Step
from harness.orchestrator.analysis.history import Line, Point, differences
from harness.orchestrator.analysis.metrics import Metric
from harness.orchestrator.core import cases
from harness.orchestrator.core.formatting import counted
from harness.orchestrator.reports.exporters import View
from harness.orchestrator.reports.table import directions, figure, unit

HEADERS = ("Case", "Points", "First to last", "Trend", "Latest", "Last change")
BLOCKS = "▁▂▃▄▅▆▇█"
# Points that a trend of the table shows, the latest ones.
TREND = 24
# A trend spans at least so many times a metric's threshold: noise below it looks flat.
FLAT = 4
NO_CHANGE = "none"


@dataclass(frozen=True)
class HistoryView(View):
    """Lines of points; `left_out`: which runs are in none of them."""

    lines: list[Line]
    left_out: list[str]

    @property
    def metrics(self) -> list[Metric]:
        """The metrics that there are lines of, in order."""
        return list(dict.fromkeys(line.metric for line in self.lines))

    def file_of(self, metric: Metric) -> str:
        """The name of a metric's picture, without suffix."""
        return f"{self.name}-{metric.key}"


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
        groups.setdefault(f"{metric_name(line.metric)}: {measured_on(line)}", []).append(line)
    return [Table(heading, tuple(map(line_row, group)), tuple(notes(group))) for heading, group in groups.items()]


def notes(lines: Iterable[Line]) -> list[str]:
    """A sentence for each change of lines."""
    return [explanation(line, step) for line in lines for step in line.course.steps]


def line_row(line: Line) -> tuple[str, ...]:
    """A cell for each of HEADERS."""
    latest = figure(line.metric, line.values[-1])
    return (
        case_name(line),
        str(len(line.points)),
        span(line),
        trend(line.values[-TREND:], line.metric.threshold),
        latest,
        verdict(line),
    )


def trend(values: list[float], threshold: float) -> str:
    """The values as blocks of eight heights; single outliers are cut off, so that they do not flatten the others."""
    logs = np.log(values)
    low, high = np.quantile(logs, [0.1, 0.9])
    middle, half = (low + high) / 2, max(high - low, FLAT * np.log1p(threshold)) / 2
    heights = (logs - middle + half) / (2 * half) * len(BLOCKS)
    return "".join(BLOCKS[int(height)] for height in np.clip(heights, 0, len(BLOCKS) - 1))


def metric_name(metric: Metric) -> str:
    """The metric with the unit that it is shown in."""
    return f"{metric.label} ({unit(metric)})"


def date(point: Point) -> str:
    return point.begin_utc[:10]


def moment(line: Line, point: Point) -> str:
    """The date of a point, with the time of day if all points of its line are of one day."""
    of_one_day = date(line.points[0]) == date(line.points[-1])
    return point.begin_utc[:16].replace("T", " ") if of_one_day else date(point)


def span(line: Line) -> str:
    """From when to when."""
    first, last = date(line.points[0]), date(line.points[-1])
    return first if first == last else f"{first} to {last}"


def measured_on(line: Line) -> str:
    """Where and how the points of a line were measured, as far as a table's heading says it."""
    case, machine = line.conditions, line.machine
    return (
        f"{machine['name']}, {counted(machine['available_cores'], 'core')} "
        f"({counted(machine['available_cpus'], 'CPU')}), {machine['memory_gib']} GiB; {case['device']}, "
        f"{counted(case['threads'], 'thread')}, profile {case['profile']}, edition {case['edition']}, {case['floatx']}"
    )


def case_name(line: Line) -> str:
    """The rest of what a line's points share."""
    case = line.conditions
    samples = (case["samples"] or {}).get("train", 0)
    cache = f", {case['compile_cache']} cache" if case.get("compile_cache") else ""
    counters = f", by {' and '.join(case['energy_of'])}" if case.get("energy_of") else ""
    return (
        f"{cases.case_name(case)}: {case['data']}, {samples:,} samples by {case['batch_size']}, "
        f"{counted(case['epochs'], 'epoch')} after {case['warmup_epochs']}{cache}{counters}"
    )


def direction(metric: Metric, ratio: float) -> str:
    """Which way a figure went: less is better."""
    risen, fallen = directions(metric)
    return risen if ratio > 1 else fallen


def size(step: Step) -> str:
    """The ratio of the levels with its interval, if there is one."""
    bounds = "" if step.low is None else f" ({step.low:.3f} to {step.high:.3f})"
    return f"{step.ratio:.3f} times{bounds}"


def verdict(line: Line) -> str:
    """What the last change was, or why there is none."""
    course = line.course
    if not course.judged:
        return f"no verdict below {FEWEST_POINTS} points"
    if course.drift is not None:
        return f"drifts: {course.drift:.3f} times from first to last"
    if not course.steps:
        return NO_CHANGE
    step = course.steps[-1]
    return f"{direction(line.metric, step.ratio)} since {moment(line, line.points[step.place])}: {size(step)}"


def explanation(line: Line, step: Step) -> str:
    """A change with all that is known of it."""
    before, after = line.around(step)
    old, new = (end - begin for begin, end in line.course.levels(len(line.points)) if step.place in (begin, end))
    interval = "" if step.low is not None else "; too few points for an interval"
    return (
        f"{case_name(line)}: {direction(line.metric, step.ratio)} since session {after.session} ({date(after)}), "
        f"{size(step)}, {counted(new, 'point')} after {old}{interval}. The previous session is {before.session} "
        f"({date(before)}). Differences between them: {', '.join(differences(before, after))}."
    )
