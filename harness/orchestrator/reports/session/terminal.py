"""A session on the terminal."""

from __future__ import annotations

from collections.abc import Collection

from rich.console import Console

from harness.orchestrator.reports.session.table import tables
from harness.orchestrator.reports.terminal import say_all, show_rows, show_table


def show(
    console: Console,
    records: list[dict],
    efficiency: bool = False,
    silence: Collection[str] = (),
    brief: bool = False,
) -> None:
    """Print the tables of records.

    Args:
        efficiency: also which share of the machine's peak they reach.
        silence: codes of diagnostics that are not shown.
        brief: only the ranking and the figures.
    """
    for table in tables(records, silence):
        show_table(console, table, brief=brief)
        if efficiency:
            for title, rows in table.efficiency.items():
                show_rows(console, title, table, rows)
            say_all(console, table.peaks or ["These runs have no measured peak: an older version made them."], "dim")
