"""A session on the terminal."""

from __future__ import annotations

from itertools import chain

from rich.console import Console
from rich.markup import escape
from rich.table import Column

from harness.orchestrator.analysis.sweep import sweeps
from harness.orchestrator.reports.session.sweep import Grid, grids
from harness.orchestrator.reports.session.table import tables
from harness.orchestrator.reports.terminal import grid, right, say, say_all, show_rows, show_table


def show(console: Console, records: list[dict], efficiency: bool = False) -> None:
    """Print the tables of records, and which share of the machine's peak they reach if that is asked for."""
    for table in tables(records):
        show_table(console, table)
        if efficiency:
            for title, rows in table.efficiency.items():
                show_rows(console, title, table, rows)
            say_all(console, table.peaks or ["These runs have no measured peak: an older version made them."], "dim")
    for one in chain.from_iterable(map(grids, sweeps(records))):
        show_grid(console, one)


def show_grid(console: Console, shown: Grid) -> None:
    """Print a grid of a sweep."""
    console.print()
    say(console, shown.title, "bold")
    first, *headers = shown.headers
    console.print(grid([Column(first), *map(right, headers)], (list(map(escape, line)) for line in shown.lines)))
