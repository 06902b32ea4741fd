"""Shows a running session: a line for each finished run and, on a terminal, one that moves.

It is drawn by the thread that follows the worker, at most once a second, and has none of its own: what it costs is
taken from the orchestrator's idle time and not from the measurement.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from statistics import fmean

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.text import Text

from harness.orchestrator.core.cases import Case, Run
from harness.orchestrator.core.clock import duration
from harness.orchestrator.core.formatting import significant

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
        """Further runs were planned."""
        self.waiting += runs
        self.total += len(runs)
        self.say(escape(f"{len(runs)} more runs, for what is inconclusive or has to be confirmed."))

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


class Forecast:
    """How long a session will still take: from the runs that it has finished, else from the limits."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self.took_s: dict[str, list[float]] = defaultdict(list)

    def learn(self, workload: str, wall_s: float) -> None:
        """Note what a run took."""
        self.took_s[workload].append(wall_s)

    def run_s(self, case: Case) -> float | None:
        """What a run of the case may take: the mean of its workload's runs, else of all, None before the first."""
        known = self.took_s.get(case.workload) or [wall_s for all_s in self.took_s.values() for wall_s in all_s]
        return fmean(known) if known else None

    def left(self, waiting: Iterable[Case], current: Case | None, elapsed_s: float) -> str:
        """The time left in words."""
        cases = [*waiting, *([current] if current else [])]
        estimates = [self.run_s(case) for case in cases]
        if None in estimates:
            return f"at most {duration(self.limit_s * len(cases))} left"
        overrun_s = max(0.0, elapsed_s - estimates[-1]) if current else 0.0
        return f"about {duration(max(0.0, sum(estimates) - (elapsed_s - overrun_s if current else 0.0)))} left"


def title(run: Run) -> str:
    """A run in words."""
    side = f" {run.side}" if run.side else ""
    number = f" round {run.round}" if run.round > 1 else ""
    return name(asdict(run.case)) + side + number


def name(case: dict) -> str:
    """A case in words; the profile is named unless it is the usual one."""
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
