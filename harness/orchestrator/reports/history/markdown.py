"""A history as Markdown."""

from __future__ import annotations

from harness.orchestrator.analysis.history import Line
from harness.orchestrator.reports.history.table import HEADERS, Table, tables
from harness.orchestrator.reports.session.markdown import padded

LEGEND = (
    "A point is a session: the median of its runs of the case. What must be alike for points to share a line stands in the "
    "headings and the first column. Changes are where the level of the points steps, see docs/guides/history.md."
)


def render(lines: list[Line], left_out: list[str], pictures: dict[str, str]) -> str:
    """The report of a history.

    Args:
        left_out: which runs are not among the points.
        pictures: label of a metric -> file name of its picture beside the report.
    """
    parts = ["# History", LEGEND, *(section(table) for table in tables(lines))]
    parts += [f"![{label} over sessions]({name})" for label, name in pictures.items()]
    if left_out:
        parts.append(f"Runs left out: {'; '.join(left_out)}.")
    return "\n\n".join(parts) + "\n"


def section(table: Table) -> str:
    """One table with what is known of its changes."""
    parts = [f"## {table.heading}", padded([list(HEADERS), *map(list, table.rows)])]
    if table.notes:
        parts.append("\n".join(f"- {note}" for note in table.notes))
    return "\n\n".join(parts)
