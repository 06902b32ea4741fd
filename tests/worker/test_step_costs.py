"""A step is divided into the call of the compiled function and all else, under a clock that both advance."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from harness.worker import trainer
from harness.worker.trainer import Picker, Trainer

CALL_S, PICK_S, FIRST_S = 7.0, 0.25, 100.0  # a batch is picked from x and from y


@pytest.fixture
def costs(monkeypatch):
    """Trainer.step_costs of a number of steps; the first step takes FIRST_S more, outside the call."""
    clock = SimpleNamespace(now_s=0.0, steps=0)

    def picked(pick, indices):
        clock.now_s += PICK_S
        return right(pick, indices)

    def train(arrays):
        clock.now_s += CALL_S
        return np.float32(1.0), np.float32(0.5)

    def monotonic():
        clock.steps += 1
        clock.now_s += FIRST_S if clock.steps == 2 else 0.0  # between the sweep's beginning and the first call
        return clock.now_s

    right = Picker.__call__
    monkeypatch.setattr(Picker, "__call__", picked)
    monkeypatch.setattr(trainer.time, "monotonic", monotonic)
    x = np.zeros((10, 1), "float32")
    data = SimpleNamespace(train=(x, x))
    made = Trainer(None, data, 2, np.random.RandomState(0), SimpleNamespace(progress=lambda *told: None))
    made.train = train
    return made.step_costs


def test_step_costs_are_those_of_the_call_and_of_picking(costs):
    assert costs(5) == {"harness_step_s": pytest.approx(2 * PICK_S), "engine_call_s": pytest.approx(CALL_S)}


def test_the_first_step_counts_where_there_is_no_other(costs):
    assert costs(1) == {"harness_step_s": pytest.approx(2 * PICK_S + FIRST_S), "engine_call_s": pytest.approx(CALL_S)}
