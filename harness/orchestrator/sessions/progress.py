"""Shows a running session: a line for each finished run and, on a terminal, the run that is made and a bar over all."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict

from rich.markup import escape

from harness.orchestrator.core.cases import Run
from harness.orchestrator.core.clock import about, stopwatch
from harness.orchestrator.core.formatting import counted, significant
from harness.orchestrator.core.status import Bar, Stage, Status
from harness.orchestrator.sessions.forecast import Forecast, RunClock

USUAL_PROFILE = "tuned"
STYLES = {"ok": "green", "unsupported": "yellow", "skipped": "yellow", "interrupted": "yellow"}


class Progress:
    """The display of a session; a Display and an Observer."""

    def __init__(
        self,
        status: Status,
        waiting: list[Run],
        total: int,
        forecast: Forecast,
        impossible: Callable[[Run], bool] = lambda run: False,
    ) -> None:
        """Show nothing yet.

        Args:
            waiting: the runs that have not ended, of `total` in all.
            forecast: what runs take.
            impossible: whether a run cannot be made, so that it takes no time.
        """
        self.status, self.forecast, self.impossible = status, forecast, impossible
        self.waiting, self.total = list(waiting), total
        self.began_s = time.monotonic()
        self.current: list[Run] = []  # several if they run interleaved
        self.clock = RunClock(0, self.began_s)
        self.ended: list[dict] = []  # records of current runs
        self.shown: Stage | None = None
        self.bar: Bar | None = None
        self.exits = ExitStack()
        self.waiting_s: list[float | None] = []  # what the waiting runs take, None where it is not known

    def __enter__(self) -> Progress:
        self.began_s = time.monotonic()
        self.bar = self.exits.enter_context(self.status.bar(self.total, self.words))
        self.advance()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close_stage()
        self.exits.close()
        self.bar = None

    def stage(self, words: str) -> AbstractContextManager:
        """While this lasts, show what is done besides runs."""
        return self.status.stage(words)

    def begin(self, run: Run, epochs: int) -> None:
        """A run of so many epochs starts, at once with others that have begun and not ended."""
        if not self.current:
            self.clock = RunClock(epochs, time.monotonic())
        self.current.append(run)
        self.waiting.remove(run)
        self.status.log(f"{self.position()} {title(run)} ...")
        self.close_stage()
        self.shown = self.status.begin(heading(self.current))
        self.shown.detail("looking at the machine")
        self.advance()

    def of(self, run: Run) -> OneOfSeveral:
        """What is told of one of the current runs."""
        return OneOfSeveral(self, run)

    def event(self, event: dict) -> None:
        """Note what the only current run does, or the first one; it is drawn with the next frame."""
        if event["event"] in ("phase", "progress"):
            self.clock.event(event, time.monotonic())
            self.detail(describe(event, self.clock.epochs))

    def detail(self, words: str) -> None:
        """What a current run does."""
        if self.shown is not None:
            self.shown.detail(words)

    def tick(self) -> None:
        """Nothing: frames have their own clock."""

    def end(self, record: dict) -> None:
        """A run has ended, or could not begin."""
        name = record["run"]["name"]
        self.waiting = [run for run in self.waiting if run.name != name]
        self.ended += [record] if any(run.name == name for run in self.current) else []
        if self.current and len(self.ended) == len(self.current):
            self.close_group()
        self.advance()
        self.status.say(f"{escape(self.position())} {summary(record)}", markup=True)

    def close_group(self) -> None:
        """The runs that were made at once have all ended."""
        self.close_stage()
        if all(record["status"] == "ok" for record in self.ended):
            seconds = time.monotonic() - self.clock.began_s
            trained = {record["run"]["name"]: trained_s(record) for record in self.ended}
            weights = {run.case: trained[run.name] for run in self.current}
            self.forecast.learn([run.case for run in self.current], seconds, self.clock, weights)
        self.current, self.ended = [], []

    def close_stage(self) -> None:
        if self.shown is not None:
            self.status.end(self.shown)
            self.shown = None

    def extend(self, runs: list[Run]) -> None:
        """Further runs were planned."""
        self.waiting += runs
        self.total += len(runs)
        self.advance()
        self.status.say(f"{counted(len(runs), 'more run')}, for what is inconclusive or has to be confirmed.")

    def done(self) -> int:
        """Runs that have ended."""
        return self.total - len(self.waiting) - len(self.current)

    def position(self) -> str:
        """The number of the run that began or ended last, of how many."""
        return f"[{self.total - len(self.waiting)}/{self.total}]"

    def words(self) -> str:
        """What stands beside the bar."""
        elapsed = stopwatch(time.monotonic() - self.began_s)
        return ", ".join([f"{self.done()} of {counted(self.total, 'run')}", elapsed, *self.left()])

    def left(self) -> list[str]:
        """The time left in words; none before the first run, and while nothing is known of it."""
        estimates = self.estimates_s() if self.current or self.done() else []
        known_s = sum(seconds for seconds in estimates if seconds is not None)
        return [f"{'at least' if None in estimates else 'about'} {about(known_s)} left"] if known_s else []

    def estimates_s(self) -> list[float | None]:
        """What each run that waits will take, and the current one still takes; None where it is not known."""
        if not self.current:
            return self.waiting_s
        cases = [run.case for run in self.current]
        return [*self.waiting_s, self.forecast.left_s(cases, self.clock, time.monotonic())]

    def advance(self) -> None:
        """Let the bar and the forecast of what waits follow."""
        self.waiting_s = [0.0 if self.impossible(run) else self.forecast.run_s(run.case) for run in self.waiting]
        if self.bar is not None:
            self.bar.show(self.done(), self.total)


def title(run: Run) -> str:
    """A run in words."""
    side = f" {run.side}" if run.side else ""
    number = f" round {run.round}" if run.round > 1 else ""
    return name(asdict(run.case)) + side + number


class OneOfSeveral:
    """An Observer of one of several runs that are made at once."""

    def __init__(self, display: Progress, run: Run) -> None:
        self.display, self.run = display, run

    def event(self, event: dict) -> None:
        """Note what it does; the first one's epochs tell the pace of all."""
        if event["event"] in ("phase", "progress") and self.run in self.display.current:
            if self.run == self.display.current[0]:
                self.display.event(event)
            own = " ".join(word for word in title(self.run).split() if word not in shared(self.display.current))
            self.display.detail(f"{own} {describe(event, self.display.clock.epochs)}")

    def tick(self) -> None:
        """Nothing: frames have their own clock."""


def heading(runs: list[Run]) -> str:
    """Runs that are made at once, in words."""
    return title(runs[0]) if len(runs) == 1 else f"{' '.join(shared(runs))}, {len(runs)} interleaved"


def shared(runs: list[Run]) -> list[str]:
    """The words that the titles of runs share."""
    others = [title(run).split() for run in runs]
    return [word for word in others[0] if all(word in words for words in others)]


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


def trained_s(record: dict) -> float:
    """Seconds of a run's epochs."""
    return sum(epoch.get("total_s") or 0.0 for epoch in record["epochs"])


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
