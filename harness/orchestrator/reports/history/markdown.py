"""A history as Markdown."""

from __future__ import annotations

from harness.orchestrator.reports.exporters import Exporter
from harness.orchestrator.reports.history.view import HEADERS, HistoryView, Table, tables
from harness.orchestrator.reports.markdown import bullets, document, grid

LEGEND = (
    "Each point is a session: the median of its runs of the case. Points share a line only if all that the heading and "
    "the first column name is equal. A change is a step in the level of the points, see docs/guides/history.md."
)


def history_markdown(view: HistoryView) -> bytes:
    """The report of a history."""
    files = {f"{view.file_of(metric)}.png": metric for metric in view.metrics}
    pictures = [f"![{files[name].label} over sessions]({name})" for name in view.pictures]
    left_out = f"Runs left out: {'; '.join(view.left_out)}." if view.left_out else ""
    return document(["# History", LEGEND, *map(section, tables(view.lines)), *pictures, left_out])


def section(table: Table) -> str:
    """One table with what is known of its changes."""
    return "\n\n".join(filter(None, [f"## {table.heading}", grid([HEADERS, *table.rows]), bullets(table.notes)]))


EXPORTER = Exporter("markdown", ".md", history_markdown)
