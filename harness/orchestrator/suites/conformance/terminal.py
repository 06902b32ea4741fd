"""The suite on the terminal: what is being done, and the table."""

from __future__ import annotations

import time

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

from harness.orchestrator.core.clock import duration
from harness.orchestrator.reports.terminal import right, say, say_all, show_grid
from harness.orchestrator.suites.conformance.answers import Watch
from harness.orchestrator.suites.conformance.table import Cell, Table


class Bars:
    """A Display: on a terminal a bar for the backend that runs, and a line for each that has ended."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.name, self.cases, self.began_s = "", 0, 0.0
        self.bar: Progress | None = None

    def begin(self, backend: str, cases: int) -> Watch:
        self.name, self.cases, self.began_s = backend, cases, time.monotonic()
        columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn())
        shown = TextColumn("[dim]{task.fields[case]}")
        self.bar = Progress(*columns, shown, console=self.console, transient=True, disable=not self.console.is_terminal)
        task = self.bar.add_task(backend, total=cases, case="starting")
        self.bar.start()
        return lambda case: self.bar.update(task, advance=1, case=escape(case))

    def end(self) -> None:
        self.bar.stop()
        lasted = duration(time.monotonic() - self.began_s)
        self.console.print(f"{self.name}: {self.cases} cases in {lasted}", highlight=False)


def show(console: Console, table: Table) -> None:
    """Print the table, what is not as it should be, and the facts."""
    columns = [Column("function"), *(right(header.replace(" ", "\n", 1)) for header in table.headers)]
    show_grid(console, columns, ([escape(row.label), *map(coloured, row.cells)] for row in table.rows), compact=True)
    for line in table.failures:
        say(console, line, "red")
    say_all(console, table.facts, "dim")


def coloured(cell: Cell) -> str:
    """A cell in markup."""
    style = "bold red" if cell.level else "green" if cell.good else "yellow"
    return f"[{style}]{escape(cell.text)}[/]"
