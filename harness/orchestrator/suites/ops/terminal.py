"""Operations on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table as Grid

from harness.orchestrator.reports.session.terminal import say, written
from harness.orchestrator.suites.ops.table import Table, tables


def show(console: Console, documents: list[dict]) -> None:
    """Print the tables of documents."""
    for table in tables(documents):
        show_table(console, table)


def show_table(console: Console, table: Table) -> None:
    """Print one table with its reasons and facts."""
    console.print()
    say(console, table.conditions, "bold")
    console.print(grid(table))
    console.print(f"Best in bold. Coverage: {table.coverage}.", highlight=False)
    for number, reason in enumerate(table.reasons, 1):
        say(console, f"[{number}] {reason}", "yellow")
    for finding in table.findings:
        say(console, f"- Finding: {finding}", "yellow")
    for fact in table.facts:
        say(console, f"- {fact}", "dim")


def grid(table: Table) -> Grid:
    """A table of rich, so narrow that four backends have room in 80 columns: figures are broken at their spaces."""
    shown = Grid(header_style="bold", box=None, padding=(0, 1, 0, 0))
    shown.add_column("Operation", no_wrap=True)
    for header in table.headers:
        shown.add_column(header.replace(" ", "\n"), justify="right", overflow="fold")
    for row in table.rows:
        shown.add_row(row.label, *(written(cell) for cell in row.cells))
    return shown
