"""A metric's history as a picture: a panel for each line, with its levels and changes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from harness.orchestrator.analysis.change_points import Step
from harness.orchestrator.analysis.history import Line
from harness.orchestrator.core.formatting import counted
from harness.orchestrator.reports.exporters import Exporter, png
from harness.orchestrator.reports.history.view import HistoryView, case_name, measured_on, metric_name, moment
from harness.orchestrator.reports.session.plot import COLOURS
from harness.orchestrator.reports.table import amount

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS, LEVELS, CHANGES = COLOURS[0], "black", COLOURS[1]
COLUMNS = 3
# A panel shows so many times the typical deviation from the levels, and at least so many times the threshold: what
# lies farther off is drawn at the edge with its figure, so that one bad point does not flatten the others.
DEVIATIONS, THRESHOLDS = 6, 3


def history_plot(view: HistoryView) -> bytes:
    """The picture of the lines of one metric, as PNG."""
    return png(draw(view.lines))


def of_each_metric(view: HistoryView) -> dict[str, HistoryView]:
    """A picture for each metric."""
    lines = {metric: [line for line in view.lines if line.metric == metric] for metric in view.metrics}
    return {view.file_of(metric): replace(view, lines=lines[metric]) for metric in view.metrics}


def draw(lines: list[Line]) -> Figure:
    """Small multiples, in the order of the lines."""
    from matplotlib.figure import Figure

    columns = min(COLUMNS, len(lines))
    rows = math.ceil(len(lines) / columns)
    figure = Figure(figsize=(5.2 * columns, 0.8 + 2.9 * rows), dpi=110, layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, line in zip(panels, lines, strict=False):
        panel(axes, line)
    for axes in panels[len(lines) :]:
        axes.set_visible(False)
    figure.suptitle(
        f"{metric_name(lines[0].metric)}, one point per session: median and range of its runs; lower is better",
        fontsize=10,
    )
    return figure


def panel(axes: Axes, line: Line) -> None:
    """One line: points with the range of their runs, levels, and a mark at each change."""
    values = amounts(line, line.values)
    places = np.arange(len(values))
    ranges = [
        values - amounts(line, [point.low for point in line.points]),
        amounts(line, [point.high for point in line.points]) - values,
    ]
    axes.errorbar(places, values, ranges, fmt="o", markersize=3.5, color=POINTS, elinewidth=0.8)
    low, high = limits(line, values)
    axes.set_ylim(low, high)
    axes.set_xlim(-0.5, len(values) - 0.5)
    draw_levels(axes, line, values)
    for place in np.flatnonzero((values < low) | (values > high)):
        mark_outside(axes, int(place), values[place], low, high)
    for step in line.course.steps:
        axes.axvline(step.place - 0.5, color=CHANGES, linestyle="--", linewidth=1)
        axes.annotate(
            f" {step.ratio:.3f} times\n {changed(line, step)}", (step.place - 0.5, high), fontsize=7,
            color=CHANGES, va="top",
        )  # fmt: skip
    label(axes, line)


def amounts(line: Line, values: list[float]) -> np.ndarray:
    return np.array([amount(line.metric, value) for value in values])


def limits(line: Line, values: np.ndarray) -> tuple[float, float]:
    """What a panel shows of its values."""
    levels = line.course.levels(len(values))
    middles = [np.median(values[begin:end]) for begin, end in levels]
    deviations = [np.abs(values[begin:end] - middle) for (begin, end), middle in zip(levels, middles, strict=True)]
    typical = float(np.median(np.concatenate(deviations)))
    if line.course.drift is not None:
        return float(values.min() * 0.97), float(values.max() * 1.03)
    margin = max(DEVIATIONS * typical, THRESHOLDS * line.metric.threshold * max(middles))
    return min(middles) - margin, max(middles) + margin


def draw_levels(axes: Axes, line: Line, values: np.ndarray) -> None:
    """The median of each level; a straight line where the points drift."""
    if line.course.drift is not None:
        ends = np.median(values) * line.course.drift ** np.array([-0.5, 0.5])
        axes.plot([0, len(values) - 1], ends, color=LEVELS, linewidth=1.2)
        return
    for begin, end in line.course.levels(len(values)):
        axes.hlines(np.median(values[begin:end]), begin - 0.4, end - 0.6, color=LEVELS, linewidth=1.2)


def mark_outside(axes: Axes, place: int, value: float, low: float, high: float) -> None:
    """A point that the panel does not show, at the edge that it is beyond."""
    above = value > high
    edge = high if above else low
    axes.plot(place, edge, marker="^" if above else "v", color=POINTS, clip_on=False, markersize=6)
    axes.annotate(
        f"{value:.3g}", (place, edge), xytext=(5, -2 if above else 2), textcoords="offset points", fontsize=7,
        color=POINTS, va="top" if above else "bottom",
    )  # fmt: skip


def changed(line: Line, step: Step) -> str:
    """What marks a change: its date, and the backend's version if that is another one, else the commit."""
    before, after = line.around(step)
    what = f"{before.version} to {after.version}" if before.version != after.version else after.facts["commit"]
    return f"{moment(line, after)}\n {what}"


def label(axes: Axes, line: Line) -> None:
    """Whose panel it is, and when its points were measured."""
    machine, _, _ = measured_on(line).partition(",")
    case = line.conditions
    axes.set_title(
        f"{case_name(line).replace(': ', chr(10), 1)}\n{machine}, {case['device']}, "
        f"{counted(case['threads'], 'thread')}, {case['profile']}, {case['floatx']}",
        fontsize=8,
    )
    ticks = sorted({0, len(line.points) - 1, len(line.points) // 2})
    axes.set_xticks(ticks, [moment(line, line.points[tick]) for tick in ticks])
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)


EXPORTER = Exporter("plot", ".png", history_plot, of_each_metric, drawn_from=lambda view: view.lines)
