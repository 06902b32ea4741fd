"""The display of a session: a line a run, what the current one does, how many have ended and the time left."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from harness.orchestrator.core.cases import Run
from harness.orchestrator.core.config import Config
from harness.orchestrator.core.formatting import gigabytes, percent, significant
from harness.orchestrator.core.status import Status
from harness.orchestrator.sessions import progress
from harness.orchestrator.sessions.forecast import Forecast
from harness.orchestrator.sessions.progress import Progress
from harness.orchestrator.sessions.schedule import expand
from tests.orchestrator.sample_records import broken, sample

CASES = expand(Config(backends=["theano", "cntk"], workloads=["mnist_mlp", "mnist_cnn"]), threads=2)
RUNS = [Run(case, 1) for case in CASES]
STEP = {"event": "progress", "phase": "epoch", "index": 1, "step": 30, "steps": 235}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds, to be set by the test."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def shown(display: Progress) -> list[str]:
    return display.status.console.file.getvalue().splitlines()


def plain(forecast: Forecast | None = None, width: int = 200, terminal: bool = False) -> Progress:
    """A display of four runs, of which nothing is known unless a forecast is given."""
    console = Console(file=StringIO(), width=width, force_terminal=terminal)
    return Progress(Status(console), RUNS, len(RUNS), forecast or Forecast())


def frame(display: Progress) -> list[str]:
    """What moves, as it is drawn now."""
    console = Console(file=StringIO(), width=display.status.console.width)
    console.print(display.status.render())
    return console.file.getvalue().splitlines()


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


def test_terminal_shows_what_the_run_does_and_a_bar_over_all_runs(clock: list[float]) -> None:
    display = plain(Forecast((case, 20.0) for case in CASES), width=80)
    with display:
        display.begin(RUNS[0], epochs=4)
        clock[0] = 2.0
        display.event({"event": "phase", "phase": "warmup", "index": 0})
        clock[0] = 7.0
        display.event(STEP)
        clock[0] = 12.0
        doing, bar = frame(display)
        assert doing == "theano mnist_mlp cpu: epoch 2 of 4, step 30 of 235, 12 s"
        assert bar.endswith(" 0 of 4 runs, 12 s, about 70 s left")
        display.end(sample("theano", "mnist_mlp"))
        (bar,) = frame(display)
        assert bar.endswith(" 1 of 4 runs, 12 s, about 60 s left")


def test_lines_that_move_fit_eighty_columns(clock: list[float]) -> None:
    display = plain(Forecast((case, 9000.0) for case in CASES), width=80)
    with display:
        display.begin(RUNS[0], epochs=4)
        display.event({**STEP, "step": 1_000_000_000, "steps": 2_000_000_000, "index": 123_456_789_012})
        clock[0] = 36_000.0
        lines = frame(display)
    assert [len(line) <= 80 for line in lines] == [True, True]
    assert lines[0].endswith(", 10:00:00 h")
    assert lines[1].endswith("left")


def test_events_draw_nothing(clock: list[float]) -> None:
    display = plain(terminal=True)
    with display:
        display.begin(RUNS[0], epochs=4)
        before = len(display.status.console.file.getvalue())
        for step in range(1000):
            display.event({**STEP, "step": step})
        assert len(display.status.console.file.getvalue()) == before


def test_time_left_is_unknown_before_the_first_run(clock: list[float]) -> None:
    display = plain(Forecast((case, 20.0) for case in CASES))
    with display:
        assert display.words() == "0 of 4 runs, 0 s"


def test_time_left_is_at_least_that_of_the_runs_that_are_known(clock: list[float]) -> None:
    display = plain(Forecast([(CASES[1], 20.0)]))
    with display:
        display.begin(RUNS[0], epochs=4)
        assert display.words() == "0 of 4 runs, 0 s, at least 20 s left"


def test_runs_that_cannot_be_made_take_no_time(clock: list[float]) -> None:
    display = plain(Forecast((case, 20.0) for case in CASES))
    display.impossible = lambda run: run in RUNS[2:]
    with display:
        display.begin(RUNS[0], epochs=4)
        assert display.words() == "0 of 4 runs, 0 s, about 40 s left"


def test_bar_grows_with_runs_that_are_planned_later(clock: list[float]) -> None:
    display = plain(Forecast((case, 20.0) for case in CASES))
    with display:
        display.end(broken("theano", "mnist_mlp", "unsupported", "no interpreter"))
        display.extend([Run(CASES[0], 2), Run(CASES[0], 3)])
        assert display.words() == "1 of 6 runs, 0 s, about 2 min left"
        assert shown(display)[-1] == "2 more runs, for what is inconclusive or has to be confirmed."


def test_runs_that_are_made_at_once_share_the_time_that_they_take(clock: list[float]) -> None:
    forecast = Forecast()
    pair = [Run(CASES[0], 1, "a"), Run(CASES[0], 1, "b")]
    display = Progress(Status(Console(file=StringIO(), width=200)), pair, 2, forecast)
    with display:
        for run in pair:
            display.begin(run, epochs=4)
        assert frame(display)[0] == "theano mnist_mlp cpu, 2 interleaved: looking at the machine, 0 s"
        clock[0] = 60.0
        for run in pair:
            display.end({**sample("theano", "mnist_mlp"), "run": run.place})
    assert forecast.run_s(CASES[0]) == 30.0


def test_backends_that_take_turns_are_named_and_weighed_by_what_they_trained(clock: list[float]) -> None:
    display = plain()
    with display:
        for run in RUNS[:2]:
            display.begin(run, epochs=4)
        display.of(RUNS[1]).event({"event": "phase", "phase": "compile", "index": None})
        assert frame(display)[0] == "mnist_mlp cpu, 2 interleaved: cntk compile, 0 s"
        display.of(RUNS[0]).event(STEP)
        assert frame(display)[0] == "mnist_mlp cpu, 2 interleaved: theano epoch 2 of 4, step 30 of 235, 0 s"
        clock[0] = 60.0
        for run, trained_s in zip(RUNS[:2], (10.0, 20.0), strict=True):
            record = sample(run.case.backend, "mnist_mlp")
            display.end({**record, "run": run.place, "epochs": [{"total_s": trained_s}]})
    assert [display.forecast.run_s(run.case) for run in RUNS[:2]] == [20.0, 40.0]


def test_runs_that_failed_tell_nothing_of_the_time(clock: list[float]) -> None:
    display = plain()
    with display:
        display.begin(RUNS[0], epochs=4)
        clock[0] = 3.0
        display.end(broken("theano", "mnist_mlp", "failed", "ended by [SIGSEGV]"))
    assert display.forecast.run_s(CASES[0]) is None


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
