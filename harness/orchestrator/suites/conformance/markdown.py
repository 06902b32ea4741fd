"""The table of the suite as Markdown, in cells that read as a table in the source too."""

from __future__ import annotations

from harness.orchestrator.reports.session.markdown import padded
from harness.orchestrator.suites.conformance.table import Cell, Table


def render(table: Table) -> str:
    """The report."""
    headers = [" ".join(filter(None, pair)) for pair in zip(table.backends, table.versions, strict=True)]
    lines = [["function", *headers], *([row.label, *map(written, row.cells)] for row in table.rows)]
    parts = [
        "# What each backend computes as it should",
        "Written by `harness conformance`: cases that pass / cases there are, for each function of K.",
        padded(lines),
        "\n".join(f"- **Not as it should be**: {line}" for line in table.failures),
        "\n".join(f"- {fact}" for fact in table.facts),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def written(cell: Cell) -> str:
    """A cell's text: bold if a case is not as it should be."""
    return f"**{cell.text}**" if cell.level else cell.text
