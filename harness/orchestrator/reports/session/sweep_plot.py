"""Sweeps as pictures: throughput against batch size or threads, a panel for each workload, a line for each backend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.orchestrator.analysis.sweep import THREADS, Curve, Sweep
from harness.orchestrator.reports.exporters import Exporter, View, png
from harness.orchestrator.reports.session.plot import COLOURS
from harness.orchestrator.reports.session.sweep import TITLES, conditions
from harness.orchestrator.reports.session.table import SessionView

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

STYLES = ("-", "--", ":", "-.")  # of one backend under other conditions
WIDE = 10  # times the smallest throughput: beyond, a linear axis hides how the slow backends scale


@dataclass(frozen=True)
class SweepPicture(View):
    """One sweep of a session."""

    sweep: Sweep


def pictures(view: SessionView) -> dict[str, SweepPicture]:
    """A picture for each axis that the session sweeps."""
    return {f"{view.name}-{sweep.axis}": SweepPicture(view.name, sweep) for sweep in view.sweeps}


def sweep_plot(view: SweepPicture) -> bytes:
    """The picture as PNG."""
    return png(draw(view.name, view.sweep))


def draw(name: str, sweep: Sweep) -> Figure:
    """Panels beside one another, with one legend below."""
    from matplotlib.figure import Figure

    workloads = list(dict.fromkeys(curve.case["workload"] for curve in sweep.curves))
    figure = Figure(figsize=(2.4 + 2.8 * len(workloads), 4.2), dpi=120, layout="constrained")
    panels = figure.subplots(1, len(workloads), squeeze=False)[0]
    lines: dict[str, Line2D] = {}
    for axes, workload in zip(panels, workloads, strict=True):
        lines |= panel(axes, workload, sweep)
    figure.legend(
        lines.values(), lines.keys(), loc="outside lower center", ncols=min(2 * len(workloads), len(lines)), fontsize=8
    )
    panels[0].set_ylabel("training samples/s; higher is better", fontsize=8)
    ideal = "; thin: ideal scaling" if sweep.axis == THREADS else ""
    figure.suptitle(f"Session {name}: throughput by {TITLES[sweep.axis]}{ideal}", fontsize=9)
    return figure


def panel(axes: Axes, workload: str, sweep: Sweep) -> dict[str, Line2D]:
    """The curves of a workload; gives a line for each label of the legend."""
    drawn = [curve for curve in sweep.curves if curve.case["workload"] == workload]
    values = [point.throughput for curve in drawn for point in curve.points]
    axes.set_xscale("log", base=2)
    axes.set_xticks(sweep.values, [str(value) for value in sweep.values])
    lines = {label_of(curve, sweep): line(axes, curve, sweep) for curve in drawn}
    scale_throughput(axes, min(values), max(values))
    axes.minorticks_off()
    axes.set_title(workload, fontsize=9)
    axes.set_xlabel(TITLES[sweep.axis], fontsize=8)
    axes.tick_params(labelsize=8)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    return lines


def scale_throughput(axes: Axes, lowest: float, highest: float) -> None:
    """A linear axis from 0, or a logarithmic one where backends differ widely."""
    from matplotlib.ticker import LogLocator

    if highest > WIDE * lowest:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    else:
        axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter("{x:,.0f}")


def line(axes: Axes, curve: Curve, sweep: Sweep) -> Line2D:
    """A curve with the band of its rounds, and with threads the ideal line from its first point."""
    places, values = [one.value for one in curve.points], [one.throughput for one in curve.points]
    lows, highs = [one.low for one in curve.points], [one.high for one in curve.points]
    colour, style = look(curve, sweep)
    axes.fill_between(places, lows, highs, color=colour, alpha=0.15, linewidth=0)
    if sweep.axis == THREADS:
        axes.plot(places, [values[0] * one / places[0] for one in places], color=colour, linewidth=0.8, alpha=0.4)
    return axes.plot(places, values, style, color=colour, marker="o", markersize=4)[0]


def look(curve: Curve, sweep: Sweep) -> tuple[str, str]:
    """Colour by backend, style by what else differs."""
    backends = list(dict.fromkeys(one.case["backend"] for one in sweep.curves))
    others = list(dict.fromkeys(conditions(one, sweep) for one in sweep.curves))
    colour = COLOURS[backends.index(curve.case["backend"]) % len(COLOURS)]
    return colour, STYLES[others.index(conditions(curve, sweep)) % len(STYLES)]


def label_of(curve: Curve, sweep: Sweep) -> str:
    """What the legend calls a curve."""
    return ", ".join(filter(None, (curve.case["backend"], conditions(curve, sweep))))


EXPORTER = Exporter("sweep-plot", ".png", sweep_plot, pictures)
