"""Operations on the terminal: what is being measured, and the tables."""

from __future__ import annotations

import time
from contextlib import ExitStack

from rich.console import Console
from rich.markup import escape

from harness.orchestrator.core.clock import duration
from harness.orchestrator.core.formatting import counted
from harness.orchestrator.core.status import Bar, Stage, Status
from harness.orchestrator.reports.terminal import show_table
from harness.orchestrator.sessions.progress import STYLES
from harness.orchestrator.suites.ops.table import tables


class Bars:
    """A Display: on a terminal a bar for the backend that runs, and a line for each that has ended."""

    def __init__(self, status: Status, operations: int) -> None:
        self.status, self.operations = status, operations
        self.began_s, self.done = 0.0, 0
        self.shown = ExitStack()
        self.stage: Stage | None = None
        self.bar: Bar | None = None

    def __enter__(self) -> Bars:
        return self

    def __exit__(self, *exception: object) -> None:
        self.shown.close()

    def begin(self, backend: str) -> None:
        """A backend's process starts."""
        self.began_s, self.done = time.monotonic(), 0
        self.stage = self.shown.enter_context(self.status.stage(f"operations on {backend}"))
        self.bar = self.shown.enter_context(self.status.bar(self.operations, self.words))

    def words(self) -> str:
        """What stands beside the bar."""
        return f"{self.done} of {counted(self.operations, 'operation')}"

    def event(self, event: dict) -> None:
        """Note which operation begins."""
        if "operation" in event:
            self.done = event["step"]
            self.stage.detail(event["operation"])
            self.bar.show(self.done, self.operations)

    def tick(self) -> None:
        """Nothing: frames have their own clock."""

    def end(self, document: dict) -> None:
        """A backend has been measured, or cannot be."""
        self.shown.close()
        self.status.say(self.summary(document), markup=True)

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
