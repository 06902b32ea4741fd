"""A session on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from harness.orchestrator.reports.session.table import METRICS, Cell, Row, Table, tables

# A line is drawn below a workload's last row.
LAST_METRIC = list(METRICS)[-1]


def show(console: Console, records: list[dict], efficiency: bool = False) -> None:
    """Print the tables of records, and what part of the machine's peak they reach if that is asked for."""
    for table in tables(records):
        show_table(console, table)
        if efficiency:
            show_efficiency(console, table)


def show_table(console: Console, table: Table) -> None:
    """Print one table with its reasons and facts."""
    console.print()
    show_grid(console, table.conditions, table, table.rows)
    console.print(f"Best in bold. Coverage: {table.coverage}.", highlight=False)
    for number, reason in enumerate(table.reasons, 1):
        say(console, f"[{number}] {reason}", "yellow")
    for title, rows in table.agreement.items():
        show_grid(console, title, table, rows)
    for finding in table.findings:
        say(console, f"- Finding: {finding}", "yellow")
    for fact in table.facts:
        say(console, f"- {fact}", "dim")


def show_efficiency(console: Console, table: Table) -> None:
    """Print what part of the peak is reached, and what the peak is."""
    for title, rows in table.efficiency.items():
        show_grid(console, title, table, rows)
    for line in table.peaks or ["These runs were not held against a peak; newer ones are."]:
        say(console, f"- {line}", "dim")


def say(console: Console, line: str, style: str) -> None:
    """Print a sentence; only a terminal needs its lines broken."""
    console.print(escape(line), highlight=False, style=style, soft_wrap=not console.is_terminal)


def show_grid(console: Console, title: str, table: Table, rows: tuple[Row, ...]) -> None:
    """Print the cells below a line that is not broken at their width, as a title of rich's own would be."""
    say(console, title, "bold")
    console.print(grid(table, rows))


def grid(table: Table, rows: tuple[Row, ...]) -> Grid:
    """A table of rich: tasks down, backends across."""
    shown = Grid(header_style="bold")
    shown.add_column("Task", no_wrap=True)
    for header in table.headers:
        shown.add_column(header.replace(" ", "\n", 1), justify="right")
    for row in rows:
        shown.add_row(row.label, *(written(cell) for cell in row.cells), end_section=row.metric == LAST_METRIC)
    return shown


def written(cell: Cell) -> str:
    """A cell in markup: bold if best, coloured if it is no figure."""
    style = "bold green" if cell.best else "default" if cell.ok else "yellow"
    notes = "".join(f" [{number}]" for number in cell.notes)
    return f"[{style}]{escape(cell.text)}[/]{escape(notes)}"
