"""What reports on the terminal are made of: tables, and sentences that only a terminal needs broken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Column
from rich.table import Table as Grid

from harness.orchestrator.reports.table import Cell, RankingTable, Row, Table


def say(console: Console, line: str, style: str = "default") -> None:
    """Print a sentence, its lines broken if this is a terminal."""
    console.print(escape(line), highlight=False, style=style, soft_wrap=not console.is_terminal)


def say_all(console: Console, lines: Iterable[str], style: str) -> None:
    """Print a list."""
    for line in lines:
        say(console, f"- {line}", style)


def say_reasons(console: Console, reasons: Iterable[str]) -> None:
    """Print the reasons that cells refer to by their numbers."""
    for number, reason in enumerate(reasons, 1):
        say(console, f"[{number}] {reason}", "yellow")


def show_table(console: Console, table: Table, compact: bool = False, brief: bool = False) -> None:
    """Print a table of backends with its reasons and, unless it is brief, with its facts."""
    console.print()
    if table.ranking is not None:
        say(console, table.ranking.answer, "bold green")
    show_rows(console, table.title, table, table.rows, compact)
    console.print(f"Best in bold. Coverage: {table.coverage}.", highlight=False)
    say_reasons(console, table.reasons)
    if table.ranking is not None:
        show_ranking(console, table.ranking)
    if brief:
        return
    for title, rows in table.agreement.items():
        show_rows(console, title, table, rows, compact)
    say_all(console, (f"Diagnostic: {one.sentence}" for one in table.diagnostics), "yellow")
    say_all(console, table.facts, "dim")


def show_ranking(console: Console, ranking: RankingTable) -> None:
    """Print a ranking, a block for each task."""
    say(console, ranking.title, "bold")
    task, place, backend, *others = ranking.headers
    columns = [Column(task, no_wrap=True), right(place), Column(backend, no_wrap=True), *map(right, others[:-1])]
    shown = grid([*columns, Column(others[-1])], ([escape(cell) for cell in line] for line in ranking.lines))
    for number in ranking.ends:
        shown.rows[number].end_section = True
    console.print(shown)


def show_rows(console: Console, title: str, table: Table, rows: Sequence[Row], compact: bool = False) -> None:
    """Print rows below a title that is not broken at their width, as one of rich's own would be."""
    say(console, title, "bold")
    headers = [header.replace(" ", "\n", -1 if compact else 1) for header in table.headers]
    columns = [Column(table.corner, no_wrap=True), *(right(header, fold=compact) for header in headers)]
    shown = grid(columns, ([escape(row.label), *map(marked, row.cells)] for row in rows), compact)
    several = len({row.metric for row in rows}) > 1
    for line, row in zip(shown.rows, rows, strict=True):
        line.end_section = several and row.metric == rows[-1].metric
    console.print(shown)


def right(header: str, fold: bool = False) -> Column:
    """A column of figures; folded, they are broken at their spaces and never cut."""
    return Column(header, justify="right", overflow="fold" if fold else "ellipsis")


def grid(columns: Iterable[Column], lines: Iterable[Sequence[str]], compact: bool = False) -> Grid:
    """Lines of cells in markup; compact: without a frame, as narrow as they can be."""
    shape = {"box": None, "padding": (0, 1, 0, 0)} if compact else {}
    shown = Grid(*columns, header_style="bold", **shape)
    for line in lines:
        shown.add_row(*line)
    return shown


def marked(cell: Cell) -> str:
    """A cell in markup: bold if best, coloured if it is no figure."""
    style = "bold green" if cell.best else "default" if cell.ok else "yellow"
    notes = "".join(f" [{number}]" for number in cell.notes)
    return f"[{style}]{escape(cell.text)}[/]{escape(notes)}"
