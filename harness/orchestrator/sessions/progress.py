"""Shows a running session: a line for each finished run and, on a terminal, one that moves.

It is drawn from the launcher's waiting loop, at most once a second, and has no thread: what it costs is taken from the
orchestrator's idle time and not from the measurement.
"""

from __future__ import annotations

import time
from dataclasses import asdict

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.text import Text

from harness.orchestrator.core.cases import Run
from harness.orchestrator.core.clock import duration
from harness.orchestrator.core.formatting import significant
from harness.orchestrator.sessions.forecast import Forecast

USUAL_PROFILE = "tuned"
STYLES = {"ok": "green", "unsupported": "yellow", "skipped": "yellow", "interrupted": "yellow"}


class Progress:
    """The display of a session; a Display and an Observer."""

    def __init__(self, console: Console, waiting: list[Run], total: int, limit_s: float) -> None:
        self.console = console
        self.waiting = list(waiting)
        self.total = total
        self.forecast = Forecast(limit_s)
        self.current: Run | None = None
        self.epochs = 0
        self.began_s = 0.0
        self.doing = ""
        self.live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None

    def __enter__(self) -> Progress:
        if self.live is not None:
            self.live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self.live is not None:
            self.live.stop()

    def begin(self, run: Run, epochs: int) -> None:
        """A run of so many epochs starts."""
        self.current, self.epochs, self.began_s, self.doing = run, epochs, time.monotonic(), "starting"
        self.waiting.remove(run)
        if self.live is None:
            self.say(f"{self.position()} {title(run)} ...")
        self.draw()

    def event(self, event: dict) -> None:
        """Note what the worker does; drawing waits for the tick."""
        if event["event"] in ("phase", "progress"):
            self.doing = describe(event, self.epochs)

    def tick(self) -> None:
        """Draw anew."""
        self.draw()

    def end(self, record: dict) -> None:
        """A run has ended, or could not begin."""
        self.waiting = [run for run in self.waiting if run.name != record["run"]["name"]]
        if record["metrics"]["wall_s"] is not None:
            self.forecast.learn(record["case"]["workload"], record["metrics"]["wall_s"])
        self.current = None
        self.draw()
        self.say(f"{self.position()} {summary(record)}")

    def extend(self, runs: list[Run]) -> None:
        """There are more runs than was said."""
        self.waiting += runs
        self.total += len(runs)
        self.say(escape(f"{len(runs)} more runs to settle what is open and to confirm what differs."))

    def position(self) -> str:
        return escape(f"[{self.total - len(self.waiting)}/{self.total}]")

    def say(self, line: str) -> None:
        self.console.print(line, highlight=False, soft_wrap=True)

    def draw(self) -> None:
        if self.live is not None:
            self.live.update(Text(self.line(), style="cyan", overflow="ellipsis", no_wrap=True), refresh=True)

    def line(self) -> str:
        """The line that moves."""
        elapsed_s = time.monotonic() - self.began_s if self.current else 0.0
        left = self.forecast.left([run.case for run in self.waiting], self.current and self.current.case, elapsed_s)
        if self.current is None:
            return left
        done = self.total - len(self.waiting)
        return f"[{done}/{self.total}] {title(self.current)}: {self.doing}, {duration(elapsed_s)}; {left}"


def title(run: Run) -> str:
    """A run in words."""
    side = f" {run.side}" if run.side else ""
    number = f" round {run.round}" if run.round > 1 else ""
    return name(asdict(run.case)) + side + number


def name(case: dict) -> str:
    """A case in words; the profile is told unless it is the usual one."""
    words = [case["backend"], case["workload"], case["device"]]
    return " ".join(words if case["profile"] == USUAL_PROFILE else [*words, case["profile"]])


def describe(event: dict, epochs: int) -> str:
    """What a worker does, from its last event."""
    words = event["phase"]
    if event.get("index") is not None:
        words += f" {event['index'] + 1} of {epochs}"
    if event["event"] == "progress":
        words += f", step {event['step']} of {event['steps']}"
    return words


def summary(record: dict) -> str:
    """A finished run in one line of markup."""
    case, status = record["case"], record["status"]
    style = STYLES.get(status, "red")
    details = f": {record['reason']}" if record["reason"] else figures(record["metrics"])
    side = f" {record['run']['side']}" if record["run"].get("side") else ""
    return f"{name(case)}{side} [{style}]{status}[/{style}]{escape(details)}"


def figures(metrics: dict) -> str:
    """The numbers that matter most while waiting."""
    compile_s, epoch_s, accuracy = metrics["compile_s"], metrics["epoch_2015_s"], metrics["val_accuracy"]
    parts = [f"compilation {significant(compile_s)} s", f"epoch {significant(epoch_s)} s"]
    if accuracy is not None:
        parts.append(f"accuracy {accuracy:.3f}")
    return f": {', '.join(parts)}"
