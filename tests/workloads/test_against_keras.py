"""The workloads' training steps against Keras 3 on TensorFlow: same weights, same batches, no dropout."""

from __future__ import annotations

import importlib
import subprocess
from pathlib import Path

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines import registry
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.environments.provision import ensure
from harness.orchestrator.execution.process import worker_variables
from harness.workloads.modeling.layers import Dropout
from harness.workloads.modeling.training import Model

STEPS = 6
BATCH = 16
# float32 on both sides. Seen: losses within 1e-6; weight changes within 4e-4 of the largest change of their array (the
# first Adam steps of rare words divide one rounding by another), and our float32 within 2e-3 of our float64.
RTOL_LOSS = 1e-5
RTOL_CHANGE = 1e-3


def workload_named(name):
    return importlib.import_module(f"harness.workloads.{name}").WORKLOAD


def without_dropout(edition):
    return edition._replace(layers=lambda: [layer for layer in edition.layers() if not isinstance(layer, Dropout)])


def batches(workload):
    """(x, y) of every step, in the model's form."""
    rng = np.random.RandomState(5)
    if workload.data_kind == "images":
        x, y = rng.rand(STEPS, BATCH, 28, 28).astype("float32"), rng.randint(0, 10, (STEPS, BATCH))
    else:
        x, y = rng.randint(0, 20000, (STEPS, BATCH, 100)).astype("int32"), rng.randint(0, 2, (STEPS, BATCH))
    return [workload.inputs(images) for images in x], [workload.targets(labels) for labels in y]


def canonical_weights(model):
    return [weight.canonical() for weight in model.weights]


def keras_steps(name: str, folder: Path, xs, ys, weights):
    """Losses, accuracies and trained weights of Keras 3."""
    environment = ensure(["tensorflow"], "cpu")["tensorflow"]
    assert isinstance(environment, Environment), environment
    given = {f"weight_{index}": weight for index, weight in enumerate(weights)}
    np.savez(folder / "given.npz", x=np.stack(xs), y=np.stack(ys), **given)
    script = Path(__file__).with_name("keras_reference.py")
    command = [environment.python, "-I", script, name, folder / "given.npz", folder / "trained.npz"]
    variables = worker_variables(environment.variables("tuned", 2))
    answer = subprocess.run(command, capture_output=True, text=True, env=variables, check=False)
    assert answer.returncode == 0, answer.stderr[-2000:]
    return np.load(folder / "trained.npz")


@pytest.mark.parametrize(
    ("name", "dim_ordering"), [("mnist_mlp", "tf"), ("mnist_cnn", "tf"), ("mnist_cnn", "th"), ("imdb_lstm", "tf")]
)
def test_training_steps_agree_with_keras(name, dim_ordering, tmp_path):
    registry.use("numpy")
    K.set_image_dim_ordering(dim_ordering)
    workload = workload_named(name)
    model = Model(workload, without_dropout(workload.editions["2015-12"]), np.random.RandomState(1))
    xs, ys = batches(workload)
    before = canonical_weights(model)
    shown = [x.transpose(0, 2, 3, 1) for x in xs] if dim_ordering == "th" else xs
    expected = keras_steps(name, tmp_path, shown, ys, before)
    train = model.train_function()
    scores = np.array([train([x, y]) for x, y in zip(xs, ys, strict=True)])
    np.testing.assert_allclose(scores[:, 0], expected["loss"], rtol=RTOL_LOSS)
    np.testing.assert_allclose(scores[:, 1], expected["accuracy"], atol=1e-6)
    for index, (start, end) in enumerate(zip(before, canonical_weights(model), strict=True)):
        change = expected[f"weight_{index}"] - start
        np.testing.assert_allclose(end - start, change, rtol=0, atol=RTOL_CHANGE * np.abs(change).max())
