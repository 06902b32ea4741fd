"""A history on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table as Grid

from harness.orchestrator.analysis.history import Line
from harness.orchestrator.reports.history.table import HEADERS, Table, tables
from harness.orchestrator.reports.session.terminal import say


def show(console: Console, lines: list[Line], left_out: list[str]) -> None:
    """Print the tables, what is known of each change, and which runs are not among the points."""
    for table in tables(lines):
        console.print()
        say(console, table.heading, "bold")
        console.print(grid(table))
        for note in table.notes:
            say(console, f"- {note}", "yellow")
    if left_out:
        say(console, f"Runs left out: {'; '.join(left_out)}.", "dim")


def grid(table: Table) -> Grid:
    """A table of rich, a row for each case."""
    shown = Grid(header_style="bold")
    for header in HEADERS:
        shown.add_column(header, justify="right" if header in ("Points", "Latest") else "left", overflow="fold")
    for row in table.rows:
        shown.add_row(row[0].replace(": ", "\n", 1), *row[1:])
    return shown
