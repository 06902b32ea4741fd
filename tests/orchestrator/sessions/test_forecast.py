"""The time left is honest: recorded sessions are replayed, and each estimate is held against what came."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from rich.console import Console

from harness.orchestrator.core.cases import Case, Run
from harness.orchestrator.core.config import Config
from harness.orchestrator.core.status import Status
from harness.orchestrator.results.store import Store
from harness.orchestrator.sessions import progress
from harness.orchestrator.sessions.forecast import Forecast, RunClock, earlier_runs
from harness.orchestrator.sessions.progress import Progress
from harness.orchestrator.sessions.schedule import expand

# Taken from records: when each run's epochs and validations began, seconds since its begin.
RECORDED = json.loads(Path(__file__).with_name("recorded_runs.json").read_text())
SESSIONS = {session["session"]: session["runs"] for session in RECORDED}
CASES = expand(Config(backends=["theano", "cntk"], workloads=["mnist_mlp", "mnist_cnn"]), threads=2)
LOOK_S = 1.0
# An estimate may be wrong by a factor and, near the end, by seconds.
FACTOR_ONCE_SEEN, FACTOR_WHEN_GUESSED, SLACK_S = 1.5, 2.2, 5.0


def case_of(run: dict) -> Case:
    return replace(CASES[0], backend=run["backend"], workload=run["workload"])


def runs_of(run: dict) -> list[Run]:
    """The runs that were made at once."""
    return [Run(case_of(run), run["round"], side) for side in (("a", "b") if run["sides"] == 2 else (None,))]


def events_of(run: dict) -> Iterator[tuple[float, dict]]:
    """What the worker sent, and when: its phases, and progress twice a second."""
    for index, (begin_s, validation_s) in enumerate(run["epochs"]):
        yield begin_s, {"event": "phase", "phase": "epoch", "index": index}
        for number in range(1, int(2 * (validation_s - begin_s))):
            step = int(run["steps"] * number / (2 * (validation_s - begin_s)))
            told = {"phase": "epoch", "index": index, "step": step, "steps": run["steps"]}
            yield begin_s + number / 2, {"event": "progress", **told}
        yield validation_s, {"event": "phase", "phase": "validation", "index": index}
    yield run["done_s"], {"event": "phase", "phase": "done", "index": None}


class Replay:
    """A display that lives through a recorded session; `looks` holds (true seconds left, estimates, words)."""

    def __init__(self, runs: list[dict], forecast: Forecast, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s, self.looks, self.end_s = 0.0, [], runs[-1]["end_s"]
        monkeypatch.setattr(progress.time, "monotonic", lambda: self.now_s)
        planned = [run for recorded in runs for run in runs_of(recorded)]
        self.display = Progress(Status(Console(file=StringIO())), planned, len(planned), forecast)
        with self.display:
            for recorded in runs:
                self.live_through(recorded)

    def live_through(self, recorded: dict) -> None:
        self.pass_until(recorded["begin_s"])
        for run in runs_of(recorded):
            self.display.begin(run, len(recorded["epochs"]))
        for seconds, event in events_of(recorded):
            self.pass_until(recorded["begin_s"] + seconds)
            self.display.event(event)
        self.pass_until(recorded["end_s"])
        metrics = {"compile_s": 1.0, "epoch_2015_s": 1.0, "val_accuracy": None}
        for run in runs_of(recorded):
            ended = {"status": "ok", "reason": None, "metrics": metrics}
            self.display.end({**ended, "run": run.place, "case": vars(run.case), "epochs": []})

    def pass_until(self, time_s: float) -> None:
        """Look every second."""
        while LOOK_S * (len(self.looks) + 1) < time_s:
            self.now_s = LOOK_S * (len(self.looks) + 1)
            self.looks.append((self.end_s - self.now_s, self.display.estimates_s(), self.display.left()))
        self.now_s = time_s


def close(true_s: float, estimate_s: float, factor: float) -> bool:
    return true_s <= factor * estimate_s + SLACK_S and estimate_s <= factor * true_s + SLACK_S


@pytest.mark.parametrize("name", SESSIONS)
def test_estimate_of_a_first_session_is_right_by_a_small_factor(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Replay(SESSIONS[name], Forecast(), monkeypatch).looks
    stated = [(true_s, sum(estimates)) for true_s, estimates, _ in looks if None not in estimates]
    assert len(stated) > 0.4 * len(looks)
    assert [pair for pair in stated if not close(*pair, FACTOR_WHEN_GUESSED)] == []


@pytest.mark.parametrize("name", SESSIONS)
def test_estimate_is_close_where_each_case_was_seen_before(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = SESSIONS[name]
    seen = Forecast((case_of(run), (run["end_s"] - run["begin_s"]) / run["sides"]) for run in runs)
    looks = Replay(runs, seen, monkeypatch).looks
    assert [look for look in looks if None in look[1] or not close(look[0], sum(look[1]), FACTOR_ONCE_SEEN)] == []
    assert all(words and words[0].startswith("about ") for _, _, words in looks[1:])


@pytest.mark.parametrize("name", SESSIONS)
def test_time_left_is_never_nothing_and_never_longer_than_it_can_be(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Replay(SESSIONS[name], Forecast(), monkeypatch).looks
    for true_s, estimates, words in looks:
        known_s = sum(seconds or 0.0 for seconds in estimates)
        assert known_s <= FACTOR_WHEN_GUESSED * true_s + SLACK_S
        assert all(" 0 s" not in said for said in words)
        assert known_s > 0 or not words


def test_estimate_follows_a_run_that_is_slower_than_before() -> None:
    forecast, clock = Forecast([(CASES[0], 10.0)]), RunClock(epochs=10, began_s=0.0)
    clock.event({"phase": "epoch", "index": 0}, 2.0)
    clock.event({"phase": "epoch", "index": 1}, 12.0)
    assert forecast.left_s([CASES[0]], clock, 12.0) == pytest.approx(90.0 + 1.5)


def test_estimate_of_a_run_that_takes_longer_than_expected_does_not_reach_zero() -> None:
    forecast, clock = Forecast([(CASES[0], 10.0)]), RunClock(epochs=10, began_s=0.0)
    left = [forecast.left_s([CASES[0]], clock, float(now_s)) for now_s in range(0, 60, 5)]
    assert all(later <= sooner for sooner, later in pairwise(left))
    assert left[-1] == 1.0


def test_a_case_is_guessed_from_its_workload_and_its_backend() -> None:
    theano_mlp, cntk_mlp, theano_cnn, cntk_cnn = CASES
    forecast = Forecast([(theano_mlp, 10.0), (cntk_mlp, 20.0), (theano_cnn, 40.0)])
    assert 60.0 < forecast.run_s(cntk_cnn) < 85.0  # 80 s, drawn a little to the mean


def test_a_case_is_not_guessed_from_another_backend_alone() -> None:
    forecast = Forecast([(CASES[0], 10.0)])
    assert [forecast.run_s(case) for case in CASES] == [10.0, None, None, None]


def test_this_session_counts_more_than_earlier_ones() -> None:
    forecast = Forecast([(CASES[0], 10.0), (CASES[0], 12.0)])
    assert forecast.run_s(CASES[0]) == 11.0
    forecast.learn([CASES[0]], 30.0, RunClock(1, 0.0))
    assert forecast.run_s(CASES[0]) == 30.0


def stored(results: Path, config: Config, times: list[tuple[str, Run, int]]) -> None:
    """A session as it is stored, with runs that began and ended at these seconds."""
    store = Store(results, "machine")
    runs = [run.as_json() for run in dict.fromkeys(run for _, run, _ in times)]
    store.journal.append("session", session={}, config=config.model_dump(mode="json"), runs=runs)
    for event, run, second in times:
        status = {"status": "ok"} if event == "end" else {}
        line = {"event": event, "time_utc": f"2026-11-20T12:00:{second:02}Z", "run": run.name, **status}
        with store.journal.path.open("a") as journal:
            journal.write(json.dumps(line) + "\n")


def test_earlier_sessions_with_the_same_settings_tell_what_runs_take(tmp_path: Path) -> None:
    config = Config(backends=["theano"], workloads=["mnist_mlp"], epochs=3)
    one, a, b = Run(CASES[0], 1), Run(CASES[1], 1, "a"), Run(CASES[1], 1, "b")
    stored(tmp_path, config, [("begin", one, 0), ("end", one, 7)])
    stored(
        tmp_path, replace_epochs(config, 20), [("begin", one, 0), ("end", one, 50)]
    )  # another number of epochs says nothing
    stored(tmp_path, config, [("begin", a, 10), ("begin", b, 12), ("end", a, 30), ("end", b, 30)])
    assert sorted(earlier_runs(tmp_path / "machine", config), key=lambda pair: pair[1]) == [
        (CASES[0], 7.0), (CASES[1], 10.0), (CASES[1], 10.0),
    ]  # fmt: skip
    assert list(earlier_runs(tmp_path / "another", config)) == []


def test_a_run_that_was_interrupted_tells_nothing(tmp_path: Path) -> None:
    config, run = Config(backends=["theano"], workloads=["mnist_mlp"]), Run(CASES[0], 1)
    stored(tmp_path, config, [("begin", run, 0), ("resume", run, 20), ("begin", run, 30), ("end", run, 36)])
    assert list(earlier_runs(tmp_path / "machine", config)) == [(CASES[0], 6.0)]


def replace_epochs(config: Config, epochs: int) -> Config:
    return config.model_copy(update={"epochs": epochs})
