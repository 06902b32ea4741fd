"""The display: what it says, when it draws, and the time that it thinks is left."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from harness.orchestrator.core.cases import Run
from harness.orchestrator.core.clock import duration
from harness.orchestrator.core.config import Config
from harness.orchestrator.core.formatting import gigabytes, percent, significant
from harness.orchestrator.sessions import progress
from harness.orchestrator.sessions.progress import Forecast, Progress
from harness.orchestrator.sessions.schedule import expand
from tests.orchestrator.sample_records import broken, sample

CASES = expand(Config(backends=["theano", "cntk"], workloads=["mnist_mlp", "mnist_cnn"]), threads=2)
RUNS = [Run(case, 1) for case in CASES]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds, to be set by the test."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def shown(display: Progress) -> list[str]:
    return display.console.file.getvalue().splitlines()


def plain() -> Progress:
    return Progress(Console(file=StringIO(), width=200), RUNS, len(RUNS), limit_s=900)


def test_display_tells_the_profile_that_is_not_the_usual_one() -> None:
    record = sample("theano", "mnist_mlp", 14.04, 2.0)
    record["case"]["profile"] = "stock"
    display = plain()
    with display:
        display.begin(RUNS[0], epochs=4)
        display.end(record)
    assert shown(display)[-1].startswith("[1/4] theano mnist_mlp cpu stock ok: ")


def test_plain_display_prints_a_line_as_a_run_begins_and_one_as_it_ends(clock: list[float]) -> None:
    display = plain()
    with display:
        display.begin(RUNS[0], epochs=4)
        display.event({"event": "phase", "phase": "build", "index": None})
        display.tick()
        display.end(sample("theano", "mnist_mlp", 14.04, 2.0))
    assert shown(display) == [
        "[1/4] theano mnist_mlp cpu ...",
        "[1/4] theano mnist_mlp cpu ok: compilation 14.0 s, epoch 2.00 s, accuracy 0.938",
    ]


def test_display_gives_the_reason_of_a_run_that_is_not_ok(clock: list[float]) -> None:
    display = plain()
    display.begin(RUNS[0], epochs=4)
    display.end(broken("theano", "mnist_mlp", "failed", "ended by [SIGSEGV]"))
    assert shown(display)[-1] == "[1/4] theano mnist_mlp cpu failed: ended by [SIGSEGV]"


def test_display_counts_a_run_that_could_not_begin(clock: list[float]) -> None:
    display = plain()
    display.end(broken("theano", "mnist_mlp", "unsupported", "no interpreter"))
    display.begin(RUNS[1], epochs=4)
    assert shown(display)[-1] == "[2/4] cntk mnist_mlp cpu ..."


def test_line_says_which_epoch_and_step_and_how_long(clock: list[float]) -> None:
    display = plain()
    display.begin(RUNS[0], epochs=4)
    display.event({"event": "progress", "phase": "epoch", "index": 1, "step": 30, "steps": 235})
    clock[0] = 12.0
    assert display.line() == ("[1/4] theano mnist_mlp cpu: epoch 2 of 4, step 30 of 235, 12 s; at most 60 min left")


def test_live_display_draws_on_ticks_and_not_on_events(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    display = Progress(Console(file=StringIO(), force_terminal=True, width=200), RUNS, len(RUNS), limit_s=900)
    drawn = []
    monkeypatch.setattr(display.live, "update", lambda text, refresh: drawn.append(text.plain))
    with display:
        display.begin(RUNS[0], epochs=4)
        before = len(drawn)
        for step in range(1000):
            display.event({"event": "progress", "phase": "epoch", "index": 0, "step": step, "steps": 1000})
        assert len(drawn) == before
        display.tick()
    assert drawn[-1].startswith("[1/4] theano mnist_mlp cpu: epoch 1 of 4, step 999 of 1000")


def test_forecast_prefers_runs_of_the_same_workload() -> None:
    forecast = Forecast(limit_s=100)
    forecast.learn("mnist_mlp", 10.0)
    forecast.learn("mnist_mlp", 20.0)
    forecast.learn("mnist_cnn", 60.0)
    assert forecast.run_s(CASES[0]) == 15.0
    assert forecast.run_s(CASES[2]) == 60.0


def test_forecast_knows_only_the_limits_at_first() -> None:
    assert Forecast(limit_s=600).left(CASES[1:], CASES[0], 5.0) == "at most 40 min left"


@pytest.mark.parametrize(
    ("elapsed_s", "words"), [(0.0, "about 40 s left"), (4.0, "about 36 s left"), (99.0, "about 30 s left")]
)
def test_forecast_takes_off_what_has_passed(elapsed_s: float, words: str) -> None:
    forecast = Forecast(limit_s=600)
    forecast.learn("mnist_mlp", 10.0)
    assert forecast.left(CASES[1:], CASES[0], elapsed_s) == words


@pytest.mark.parametrize(("seconds", "words"), [(0, "0 s"), (99, "99 s"), (120, "2 min"), (7200, "2.0 h")])
def test_duration_chooses_its_unit(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"), (0, "0"), (0.0123456, "0.0123"), (0.6, "0.600"), (7.512, "7.51"), (9.996, "10.0"), (39.34, "39.3"),
        (283.2, "283"), (3230.4, "3230"), (99.96, "100"), (12345, "12300"),
    ],
)  # fmt: skip
def test_significant_shows_three_digits(value: float | None, text: str) -> None:
    assert significant(value) == text


def test_missing_numbers_are_shown_as_missing() -> None:
    assert (percent(None), gigabytes(None)) == ("–", "–")
    assert (percent(0.0), gigabytes(0)) == ("0.0 %", "0 GiB")
