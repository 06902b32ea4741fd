"""A session on the terminal."""

from __future__ import annotations

from rich.console import Console

from harness.orchestrator.reports.session.table import SessionView
from harness.orchestrator.reports.terminal import say_all, show_rows, show_table


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
