"""Every module of harness/workloads that declares a workload: it builds, trains and evaluates on the reference."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines import registry
from harness.orchestrator.core.declared_workloads import declared_workloads
from harness.workloads.modeling.training import Model

SAMPLES = 8
DRAWS = np.random.RandomState(0)
DATA = {
    "images": (DRAWS.uniform(0, 1, (SAMPLES, 28, 28)), DRAWS.randint(0, 10, SAMPLES)),
    "reviews": (DRAWS.randint(1, 2000, (SAMPLES, 100)), DRAWS.randint(0, 2, SAMPLES)),
    "numbers": (DRAWS.uniform(0.25, 0.75, (SAMPLES, 1)), np.ones(SAMPLES, int)),
}
EDITIONS = [(name, edition) for name, found in declared_workloads().items() for edition in found.editions]


@pytest.mark.parametrize(("name", "edition"), EDITIONS)
def test_workload_trains_each_of_its_weights(name: str, edition: str) -> None:
    registry.use("numpy")
    workload = importlib.import_module(f"harness.workloads.{name}").WORKLOAD
    assert set(workload.editions) == set(declared_workloads()[name].editions)
    model = Model(workload, workload.editions[edition], np.random.RandomState(1))
    samples, labels = DATA[workload.data_kind]
    batch = [workload.inputs(samples.astype(workload.input_dtype or K.floatx())), workload.targets(labels)]
    before = [K.get_value(weight.variable) for weight in model.weights]
    loss, accuracy = model.train_function()(batch)
    assert np.isfinite(loss)
    assert 0 <= accuracy <= 1
    after = [K.get_value(weight.variable) for weight in model.weights]
    assert not [weight.name for weight, a, b in zip(model.weights, before, after, strict=True) if np.array_equal(a, b)]
    assert np.isfinite(model.test_function()(batch)).all()
