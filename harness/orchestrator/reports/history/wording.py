"""A history in words and figures, for every way to show it."""

from __future__ import annotations

from harness.orchestrator.analysis.change_points import FEWEST_POINTS, Step
from harness.orchestrator.analysis.history import Line, Point, differences
from harness.orchestrator.analysis.metrics import Metric
from harness.orchestrator.core.formatting import counted
from harness.orchestrator.reports.units import directions, unit

NO_CHANGE = "none"


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


def place(line: Line) -> str:
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
        f"{case['backend']} {case['workload']}: {case['data']}, {samples:,} samples by {case['batch_size']}, "
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
        f"{size(step)}, {counted(new, 'point')} after {old}{interval}. The session before is {before.session} "
        f"({date(before)}). Between them differs: {', '.join(differences(before, after))}."
    )
