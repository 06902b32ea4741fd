"""A session as a picture: bars of compilation and of runtime per epoch, a panel for each workload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.orchestrator.reports.exporters import Exporter, png
from harness.orchestrator.reports.session.table import METRICS, SessionView
from harness.orchestrator.reports.table import Row, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Distinguishable for colour-blind readers too; a backend keeps its place in the order of the table.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")


def session_plot(view: SessionView) -> bytes:
    """The picture of a session's first table, as PNG."""
    return png(draw(view.name, view.tables[0]))


def draw(name: str, table: Table) -> Figure:
    """A panel for each row that every table has: metrics down, workloads across."""
    from matplotlib.figure import Figure

    workloads = list(dict.fromkeys(row.workload for row in table.rows))
    height = 0.9 + 0.42 * len(table.headers)
    figure = Figure(figsize=(3.2 + 3.0 * len(workloads), 1.2 + 2 * height), dpi=120, layout="constrained")
    panels = figure.subplots(len(METRICS), len(workloads), squeeze=False)
    for row in [row for row in table.rows if row.metric in METRICS]:
        line, column = list(METRICS).index(row.metric), workloads.index(row.workload)
        panel(panels[line][column], row, table, first=column == 0)
    figure.suptitle(f"Session {name}: {table.title}\nlower is better", fontsize=10)
    return figure


def panel(axes: Axes, row: Row, table: Table, first: bool) -> None:
    """Horizontal bars of one row, each with its figure, or with its status where there is none."""
    places = range(len(table.headers))
    colours = [COLOURS[place % len(COLOURS)] for place in places]
    axes.barh(places, [cell.value or 0.0 for cell in row.cells], color=colours, height=0.7)
    axes.set_yticks(places, table.headers if first else [""] * len(table.headers))
    axes.invert_yaxis()
    axes.set_title(row.label, fontsize=9)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    largest = max((cell.value for cell in row.cells if cell.value is not None), default=1.0)
    axes.set_xlim(0, (largest or 1.0) * 1.25)
    for place, cell in enumerate(row.cells):
        weight = "bold" if cell.best else "normal"
        axes.annotate(
            cell.text, (cell.value or 0.0, place), xytext=(3, 0), textcoords="offset points", va="center",
            fontsize=8, fontweight=weight, color="black" if cell.ok else "firebrick",
        )  # fmt: skip


def drawn_from(view: SessionView) -> tuple:
    """All that the picture shows."""
    table = view.tables[0]
    return view.name, table.title, table.headers, table.rows


EXPORTER = Exporter("plot", ".png", session_plot, drawn_from=drawn_from)
