"""A comparison as a picture: each case's ratio with its interval, beside the threshold; a panel for each metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.orchestrator.analysis.comparison import Line
from harness.orchestrator.analysis.metrics import Metric
from harness.orchestrator.analysis.verdict import FASTER, SAME, SLOWER
from harness.orchestrator.reports.comparison.view import ComparisonView
from harness.orchestrator.reports.exporters import Exporter, png

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = {SLOWER: "#D55E00", FASTER: "#0072B2", SAME: "#444444"}
OTHER = "#999999"


def comparison_plot(view: ComparisonView) -> bytes:
    """The picture as PNG."""
    return png(draw(view))


def where_a_ratio_is(view: ComparisonView) -> dict[str, ComparisonView]:
    """One picture, none if no line has a ratio."""
    return {view.name: view} if any(line.comparison for line in view.lines) else {}


def draw(view: ComparisonView) -> Figure:
    """Panels below one another, a row for each case."""
    from matplotlib.figure import Figure

    drawn = [
        (metric, lines) for metric in view.metrics if (lines := [line for line in view.of(metric) if line.comparison])
    ]
    heights = [len(lines) + 1.6 for _, lines in drawn]
    figure = Figure(figsize=(9, 0.8 + 0.28 * sum(heights)), dpi=120, layout="constrained")
    panels = figure.subplots(len(drawn), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axes, (metric, lines) in zip(panels, drawn, strict=True):
        panel(axes, metric, lines, view)
    figure.suptitle(f"B / A, with 95 % intervals; to the right B takes more\nA: {view.a}\nB: {view.b}", fontsize=9)
    return figure


def panel(axes: Axes, metric: Metric, lines: list[Line], view: ComparisonView) -> None:
    """The ratios of a metric."""
    widest = max(line.comparison.threshold for line in lines)
    axes.axvspan(1 / (1 + widest), 1 + widest, color="#eeeeee", zorder=0)
    axes.axvline(1, color="#bbbbbb", linewidth=1, zorder=1)
    for place, line in enumerate(lines):
        bar(axes, place, line, view)
    axes.set_yticks(range(len(lines)), [view.case_name(line) for line in lines], fontsize=8)
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.set_title(f"{metric.label}; grey: within the threshold", fontsize=9, loc="left")
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)


def bar(axes: Axes, place: int, line: Line, view: ComparisonView) -> None:
    """A case's ratio, its interval and its verdict."""
    found, colour = line.comparison.evidence, COLOURS.get(line.verdict, OTHER)
    reach = [[max(0.0, found.ratio - found.low)], [max(0.0, min(found.high, 10 * found.ratio) - found.ratio)]]
    axes.errorbar(found.ratio, place, xerr=reach, fmt="o", markersize=4, capsize=3, color=colour)
    axes.annotate(
        view.verdict(line), (1.01, place), xycoords=("axes fraction", "data"), va="center", fontsize=7, color=colour,
        annotation_clip=False,
    )  # fmt: skip


EXPORTER = Exporter(
    "plot",
    ".png",
    comparison_plot,
    where_a_ratio_is,
    drawn_from=lambda view: (view.a, view.b, view.lines, view.fields),
)
