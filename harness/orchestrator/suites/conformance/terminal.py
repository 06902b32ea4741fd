"""The suite on the terminal: what is being done, and the table."""

from __future__ import annotations

import time
from contextlib import ExitStack

from rich.console import Console
from rich.markup import escape
from rich.table import Column

from harness.orchestrator.core.clock import duration
from harness.orchestrator.core.formatting import counted
from harness.orchestrator.core.status import Status
from harness.orchestrator.reports.terminal import right, say, say_all, show_grid
from harness.orchestrator.suites.conformance.answers import Watch
from harness.orchestrator.suites.conformance.table import Cell, Table


class Bars:
    """A Display: on a terminal a bar for the backend that runs, and a line for each that has ended."""

    def __init__(self, status: Status) -> None:
        self.status = status
        self.name, self.cases, self.done, self.began_s = "", 0, 0, 0.0
        self.shown = ExitStack()

    def begin(self, backend: str, cases: int) -> Watch:
        self.name, self.cases, self.done, self.began_s = backend, cases, -1, time.monotonic()
        stage = self.shown.enter_context(self.status.stage(f"cases on {backend}"))
        bar = self.shown.enter_context(self.status.bar(cases, self.words))

        def watch(case: str) -> None:
            self.done += 1  # a case begins, so the one before has ended
            stage.detail(case)
            bar.show(self.done, cases)

        return watch

    def words(self) -> str:
        """What stands beside the bar."""
        return f"{max(0, self.done)} of {counted(self.cases, 'case')}"

    def end(self) -> None:
        self.shown.close()
        lasted = duration(time.monotonic() - self.began_s)
        self.status.say(f"{self.name}: {counted(self.cases, 'case')} in {lasted}")


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
