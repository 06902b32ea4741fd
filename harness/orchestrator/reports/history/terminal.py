"""A history on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Column

from harness.orchestrator.reports.history.view import HEADERS, HistoryView, tables
from harness.orchestrator.reports.terminal import say, say_all, show_grid


def show(console: Console, view: HistoryView) -> None:
    """Print the tables, what is known of each change, and which runs are not among the points."""
    for table in tables(view.lines):
        console.print()
        say(console, table.heading, "bold")
        show_grid(console, columns(), ((row[0].replace(": ", ":\n", 1), *row[1:]) for row in table.rows))
        say_all(console, table.notes, "yellow")
    if view.left_out:
        say(console, f"Runs left out: {'; '.join(view.left_out)}.", "dim")


def columns() -> list[Column]:
    """Those of HEADERS, figures to the right."""
    justify = {"Points": "right", "Latest": "right"}
    return [Column(header, justify=justify.get(header, "left")) for header in HEADERS]
