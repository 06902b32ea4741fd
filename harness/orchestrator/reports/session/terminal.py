"""A session on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from harness.orchestrator.reports.session.table import tables
from harness.orchestrator.reports.terminal import say_all, show_rows, show_table


def show(console: Console, records: list[dict], efficiency: bool = False, metrics: Sequence[str] = ()) -> None:
    """Print the tables of records, and on request which share of the machine's peak they reach, and further metrics."""
    for table in tables(records, metrics):
        show_table(console, table)
        if efficiency:
            for title, rows in table.efficiency.items():
                show_rows(console, title, table, rows)
            say_all(console, table.peaks or ["These runs have no measured peak: an older version made them."], "dim")
