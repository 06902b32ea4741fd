"""The table of the suite as Markdown."""

from __future__ import annotations

from harness.orchestrator.reports.exporters import Exporter
from harness.orchestrator.reports.markdown import bullets, document, grid
from harness.orchestrator.suites.conformance.table import Cell, Table


def conformance_markdown(table: Table) -> bytes:
    """The report."""
    rows = ([row.label, *map(marked, row.cells)] for row in table.rows)
    parts = [
        "# Which functions of K each backend computes correctly",
        "Written by `harness conformance`: cases passed / all cases, for each function of K.",
        grid([["function", *table.headers], *rows]),
        bullets(f"**Failure**: {line}" for line in table.failures),
        bullets(table.facts),
    ]
    return document(parts)


def marked(cell: Cell) -> str:
    """A cell's text: bold if a case is not as it should be."""
    return f"**{cell.text}**" if cell.level else cell.text


EXPORTER = Exporter("markdown", ".md", conformance_markdown)
