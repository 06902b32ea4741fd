"""Every module of harness/workloads that declares a workload: it builds, trains and evaluates on the reference."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines import registry
from harness.orchestrator.core.declared_workloads import declared_workloads
from harness.orchestrator.datasets import catalog
from harness.workloads.modeling.training import Model

SAMPLES = 8
EDITIONS = [(name, edition) for name, found in declared_workloads().items() for edition in found.editions]


@pytest.mark.parametrize(("name", "edition"), EDITIONS)
def test_workload_trains_each_of_its_weights(
    name: str, edition: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path))
    registry.use("numpy")
    workload = importlib.import_module(f"harness.workloads.{name}").WORKLOAD
    assert set(workload.editions) == set(declared_workloads()[name].editions)
    model = Model(workload, workload.editions[edition], np.random.RandomState(1))
    arrays = catalog.prepare(name, "synthetic", SAMPLES, SAMPLES, seed=1).arrays
    x, y = (np.load(arrays[part]) for part in ("x_train", "y_train"))
    batch = [workload.inputs(x).astype(workload.input_dtype or K.floatx()), workload.targets(y)]
    before = [K.get_value(weight.variable) for weight in model.weights]
    loss, accuracy = model.train_function()(batch)
    assert np.isfinite(loss)
    assert 0 <= accuracy <= 1
    after = [K.get_value(weight.variable) for weight in model.weights]
    assert not [weight.name for weight, a, b in zip(model.weights, before, after, strict=True) if np.array_equal(a, b)]
    assert np.isfinite(model.test_function()(batch)).all()
