"""The forward function: what is timed of it, under which budget, and that its mistakes are caught."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines import registry
from harness.worker import inference, protocol
from harness.worker.parity import NotEqual
from harness.worker.trainer import Trainer
from harness.workloads.mnist_mlp import WORKLOAD
from harness.workloads.modeling.training import Model

BATCH, SAMPLES = 16, 40
REPORTER = SimpleNamespace(begin=lambda phase: 0.0)


@pytest.fixture
def engine(engine_stays):
    """NumPy's, with K in its first settings."""
    return registry.use("numpy")


def model_of(floatx: str, **options) -> Trainer:
    """A trainer of mnist_mlp over drawn images, in its first state."""
    K.set_floatx(floatx)
    images = np.random.RandomState(0).rand(SAMPLES, 784).astype(floatx)
    data = SimpleNamespace(train=(images, None), test=None, samples={"train": SAMPLES, "test": 0})
    model = Model(WORKLOAD, WORKLOAD.editions["2015-12"], np.random.RandomState(1), np.random.RandomState(2), **options)
    return Trainer(model, data, BATCH, np.random.RandomState(3), REPORTER)


@pytest.fixture
def expected(engine):
    """The reference's outputs."""
    before = K.floatx()
    yield inference.outputs(model_of("float64"))
    K.set_floatx(before)


@pytest.fixture
def quick(monkeypatch):
    """A budget of few calls."""
    monkeypatch.setattr(inference, "MOST_CALLS", {"latency": 7, "batch": 4})


def test_measure_tells_every_call_and_how_far_the_outputs_are_off(expected, quick):
    found = inference.measure(model_of("float32"), expected, REPORTER)
    assert set(found) == set(protocol.INFERENCE)
    assert (len(found["latency_call_s"]), len(found["batch_call_s"]), found["batch_size"]) == (7, 4, BATCH)
    assert 0 < found["deviation"] < 1e-6
    assert found["tolerance"] == WORKLOAD.tolerance["loss"]
    assert found["compile_s"] > 0


def test_dropout_left_on_is_caught(expected, quick, monkeypatch):
    right = Model.output
    monkeypatch.setattr(Model, "output", lambda self, x, training: right(self, x, True))
    with pytest.raises(NotEqual, match=r"outputs of the forward function are not those of NumPy in float64\. Expected"):
        inference.measure(model_of("float32"), expected, REPORTER)


@pytest.mark.parametrize("place", range(6))
def test_a_weight_that_is_not_the_first_one_is_caught(expected, quick, place):
    trainer = model_of("float32")
    weight = trainer.model.weights[place].variable
    value = 1.001 * K.get_value(weight)
    value[(0,) * (value.ndim - 1)] += 1e-3 * np.linspace(0, 1, value.shape[-1])  # a bias is 0 at first
    K.set_value(weight, value)
    with pytest.raises(NotEqual):
        inference.measure(trainer, expected, REPORTER)


def test_a_mistake_with_single_samples_alone_is_caught(expected, quick):
    trainer = model_of("float32")
    right = trainer.model.forward_function()
    trainer.model.forward_function = lambda: lambda arrays: [right(arrays)[0] * (1.0 if len(arrays[0]) > 1 else 0.999)]
    with pytest.raises(NotEqual):
        inference.measure(trainer, expected, REPORTER)


def test_outputs_of_another_sample_are_caught(expected, quick):
    trainer = model_of("float32")
    trainer.data.train[0][:] = trainer.data.train[0][::-1].copy()
    with pytest.raises(NotEqual):
        inference.measure(trainer, expected, REPORTER)


@pytest.mark.parametrize(("values", "words"), [(np.full((2, 3), np.nan), "inf"), (np.ones((2, 4)), "another shape")])
def test_what_is_no_number_or_has_another_shape_is_caught(values, words):
    with pytest.raises(NotEqual, match=words):
        inference.prove(lambda arrays: [values], None, [], np.ones((2, 3)), 1e-5)


@pytest.mark.parametrize(
    ("call_s", "latency", "batch"),
    [(1e-4, 500, 100), (0.01, 40, 30), (5.0, inference.LEAST_CALLS, inference.LEAST_CALLS)],
)
def test_calls_are_made_until_so_many_are_made_or_so_much_time_is_spent(monkeypatch, call_s, latency, batch):
    given = []
    monkeypatch.setattr(inference, "seconds", lambda forward, arrays: given.append(arrays[0]) or call_s)
    assert len(inference.timed(None, ["a", "b", "c"], "latency")) == pytest.approx(latency, abs=1)
    assert (given * 2)[:4] == ["a", "b", "c", "a"]
    assert len(inference.timed(None, ["a"], "batch")) == pytest.approx(batch, abs=1)
