"""Operations on the terminal: what is being measured, and the tables.

Each finished backend has a line and, on a terminal, the one that runs has a bar. The bar is drawn at
most once a second, by the thread that follows the worker, as the display of runs is.
"""

from __future__ import annotations

import time

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from harness.orchestrator.core.clock import duration
from harness.orchestrator.reports.terminal import show_table
from harness.orchestrator.sessions.progress import STYLES
from harness.orchestrator.suites.ops.table import tables


class Bars:
    """A Display."""

    def __init__(self, console: Console, operations: int) -> None:
        self.console, self.operations = console, operations
        self.began_s = 0.0
        self.task: TaskID | None = None
        columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn())
        shown = TextColumn("[dim]{task.fields[operation]}")
        self.bar = Progress(
            *columns, shown, console=console, auto_refresh=False, transient=True, disable=not console.is_terminal
        )

    def __enter__(self) -> Bars:
        self.bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.bar.stop()

    def begin(self, backend: str) -> None:
        """A backend's process starts."""
        self.began_s = time.monotonic()
        self.task = self.bar.add_task(backend, total=self.operations, operation="starting")
        self.bar.refresh()

    def event(self, event: dict) -> None:
        """Note which operation begins; drawing waits for the tick."""
        if "operation" in event:
            self.bar.update(self.task, completed=event["step"], operation=escape(event["operation"]))

    def tick(self) -> None:
        """Draw again."""
        self.bar.refresh()

    def end(self, document: dict) -> None:
        """A backend has been measured, or cannot be."""
        if self.task is not None:
            self.bar.remove_task(self.task)
            self.task = None
        self.console.print(self.summary(document), highlight=False, soft_wrap=True)

    def summary(self, document: dict) -> str:
        """A finished backend in one line of markup."""
        about = document["harness"]
        style = STYLES.get(about["status"], "red")
        if about["reason"] is not None:
            return f"{about['backend']} [{style}]{about['status']}[/{style}]: {escape(about['reason'])}"
        lasted = duration(time.monotonic() - self.began_s)
        return f"{about['backend']}: {len(document['benchmarks'])} of {self.operations} operations timed in {lasted}"


def show_tables(console: Console, documents: list[dict]) -> None:
    """Print the tables of documents, so narrow that four backends have room in 80 columns."""
    for table in tables(documents):
        show_table(console, table, compact=True)
