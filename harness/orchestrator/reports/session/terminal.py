"""A session on the terminal."""

from __future__ import annotations

from itertools import chain

from rich.console import Console
from rich.markup import escape
from rich.table import Column

from harness.orchestrator.reports.session.sweep import Grid, grids
from harness.orchestrator.reports.session.table import SessionView
from harness.orchestrator.reports.terminal import right, say, say_all, show_grid, show_rows, show_table


def show(console: Console, view: SessionView, efficiency: bool = False, brief: bool = False) -> None:
    """Print the tables of a session.

    Args:
        efficiency: also which share of the machine's peak they reach.
        brief: only the ranking and the figures.
    """
    for table in view.tables:
        show_table(console, table, brief=brief)
        if efficiency:
            for title, rows in table.efficiency.items():
                show_rows(console, title, table, rows)
            say_all(console, table.peaks or ["These runs have no measured peak: an older version made them."], "dim")
    for one in () if brief else chain.from_iterable(map(grids, view.sweeps)):
        show_sweep(console, one)


def show_sweep(console: Console, shown: Grid) -> None:
    """Print a grid of a sweep."""
    console.print()
    say(console, shown.title, "bold")
    first, *headers = shown.headers
    show_grid(console, [Column(first), *map(right, headers)], [list(map(escape, line)) for line in shown.lines])
