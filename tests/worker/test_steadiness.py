"""Whether a run kept its pace: planted changes are found, none is where there is none, and warm-ups are added."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from harness.worker import protocol, steadiness, trainer
from harness.worker.phases import Reporter
from harness.worker.trainer import Trainer


def paces(count: int, seed: int = 0) -> np.ndarray:
    """Steps of one pace, with a scatter of 2 % and, at 2 % of the places, something else that took twice as long."""
    rng = np.random.default_rng(seed)
    return np.exp(rng.normal(0.0, 0.02, count)) * np.where(rng.random(count) < 0.02, 3.0, 1.0)


def slower_at_first(count: int, share: float, factor: float) -> np.ndarray:
    return paces(count) * np.where(np.arange(count) < share * count, factor, 1.0)


@pytest.mark.parametrize("count", [30, 90, 300, 5000])
def test_judge_says_steady_where_nothing_changes(count):
    found = [steadiness.judge(list(paces(count, seed))) for seed in range(200)]
    assert all(one["steady"] for one in found)
    assert set(found[0]) == set(protocol.STEADINESS) - {"extra_warmup_epochs"}


@pytest.mark.parametrize("count", [30, 90, 300, 5000])
def test_its_p_is_as_rare_as_it_says_where_steps_are_independent(count):
    below = [steadiness.judge(list(paces(count, seed)))["p"] <= 0.05 for seed in range(400)]
    assert 0.02 < np.mean(below) < 0.09


@pytest.mark.parametrize(("count", "share"), [(90, 0.33), (90, 0.5), (300, 0.3), (300, 0.7), (5000, 0.5)])
@pytest.mark.parametrize("factor", [1.15, 1 / 1.15, 3.0])
def test_judge_finds_a_change_of_pace_and_where_it_is(count, share, factor):
    found = steadiness.judge(list(slower_at_first(count, share, factor)))
    assert found["steady"] is False
    assert found["change_at"] == pytest.approx(share, abs=0.1)
    assert found["ratio"] == pytest.approx(1 / factor, rel=0.05)


def test_judge_finds_a_trend():
    assert steadiness.judge(list(paces(300) * np.linspace(1.2, 1.0, 300)))["steady"] is False


def test_a_change_too_small_to_matter_is_none():
    found = steadiness.judge(list(slower_at_first(5000, 0.5, 1.03)))
    assert found["p"] <= steadiness.LEVEL
    assert found["steady"]


def test_no_single_slow_step_is_a_change():
    steps = paces(300)
    steps[0], steps[150] = 300.0, 500.0
    assert steadiness.judge(list(steps))["steady"]


def test_too_few_steps_have_no_verdict():
    fewest = steadiness.LEAST_PIECES * steadiness.PIECE_STEPS
    assert steadiness.judge([1.0] * (fewest - 1))["steady"] is None
    assert steadiness.judge([1.0] * fewest)["steady"]


STEPS = 40  # of a whole batch in each epoch


def trained(pace_of, monkeypatch, warmups: int = 1, timed: int = 3, extra: int = 2):
    """Trainer.epochs under a clock that the steps of epoch i advance by pace_of(i) each."""
    clock = SimpleNamespace(now_s=0.0)
    scatter = itertools.cycle(paces(997))
    running = []

    def step(arrays):
        clock.now_s += pace_of(len(running) - 1) * next(scatter)
        return np.float32(1.0), np.float32(0.5)

    monkeypatch.setattr(trainer.time, "monotonic", lambda: clock.now_s)
    monkeypatch.setattr(trainer.registry, "engine", lambda: SimpleNamespace(synchronize=lambda: None))
    reporter = Reporter(SimpleNamespace(write=lambda line: None, flush=lambda: None))
    x = np.zeros((STEPS * 2 + 1, 1), "float32")
    data = SimpleNamespace(train=(x, x), test=None, samples={"train": len(x), "test": 0})
    made = Trainer(None, data, 2, np.random.RandomState(0), reporter)
    made.train = step
    begin = reporter.begin
    monkeypatch.setattr(
        reporter, "begin", lambda phase, index=None: running.append(index) or begin(phase, index)
        if phase != "validation" else begin(phase, index)
    )  # fmt: skip
    return (*made.epochs(warmups, timed, extra), reporter.phases)


def shape(epochs):
    """Which epochs were warm-ups."""
    return "".join("w" if epoch["warmup"] else "t" for epoch in epochs)


def test_a_steady_run_gets_no_further_epoch(monkeypatch):
    epochs, found, phases = trained(lambda index: 0.1, monkeypatch)
    assert shape(epochs) == "wttt"
    assert (found["steady"], found["extra_warmup_epochs"], found["steps"]) == (True, 0, 3 * STEPS)
    assert set(found) == set(protocol.STEADINESS)
    assert [phase["phase"] for phase in phases if phase["phase"] != "validation"] == ["warmup"] + ["epoch"] * 3


def test_a_warm_up_that_ended_too_early_goes_on_until_the_pace_is_steady(monkeypatch):
    epochs, found, phases = trained(lambda index: 0.2 if index < 2 else 0.1, monkeypatch)
    assert shape(epochs) == "wwttt"
    assert (found["steady"], found["extra_warmup_epochs"]) == (True, 1)
    assert [epoch["index"] for epoch in epochs] == [0, 1, 2, 3, 4]
    named = [(phase["phase"], phase["index"]) for phase in phases if phase["phase"] != "validation"]
    assert named == [("warmup", 0), ("warmup", 1), ("epoch", 2), ("epoch", 3), ("epoch", 4)]


def test_a_warm_up_that_never_ends_is_given_up_at_the_limit_and_told(monkeypatch):
    epochs, found, _ = trained(lambda index: 0.8**index, monkeypatch)
    assert shape(epochs) == "wwwttt"
    assert (found["steady"], found["extra_warmup_epochs"]) == (False, 2)
    assert found["ratio"] < 0.9


def test_a_run_that_becomes_slower_is_told_but_not_made_longer(monkeypatch):
    epochs, found, _ = trained(lambda index: 0.1 if index < 3 else 0.2, monkeypatch)
    assert shape(epochs) == "wttt"
    assert (found["steady"], found["extra_warmup_epochs"]) == (False, 0)
    assert found["ratio"] == pytest.approx(2.0, rel=0.05)


def test_without_leave_for_more_there_are_no_more_epochs(monkeypatch):
    epochs, found, _ = trained(lambda index: 0.2 if index < 2 else 0.1, monkeypatch, extra=0)
    assert shape(epochs) == "wttt"
    assert found["steady"] is False
