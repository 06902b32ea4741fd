"""What the workloads ask of a processor: against numbers derived by hand, and against TensorFlow's own profiler."""

from __future__ import annotations

import importlib
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines import registry
from harness.backends.graph import flop_count
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.environments.provision import ensure
from harness.orchestrator.execution.process import worker_variables
from harness.workloads.modeling.layers import Dropout
from harness.workloads.modeling.training import Model, per_sample

DENSE = (2 * 784 * 512, 2 * 512 * 512, 2 * 512 * 10)
CONVOLUTIONS = (2 * 28 * 28 * 32 * 9 * 1, 2 * 26 * 26 * 32 * 9 * 32)
BEHIND = (2 * 13 * 13 * 32 * 128, 2 * 128 * 10)
GATES = 2 * 100 * 128 * 512  # of the words, and again of the state
# Name: products of an evaluation; of a training step, where the first layer's input has no gradient; weights; the
# operations of the optimizer a weight, counted in the formulas of modeling/optimizers.py; samples of a batch.
BY_HAND = {
    "mnist_mlp": (sum(DENSE), 3 * sum(DENSE) - DENSE[0], 669706, 9, 128),
    "mnist_cnn": (sum(CONVOLUTIONS + BEHIND), 3 * sum(CONVOLUTIONS + BEHIND) - CONVOLUTIONS[0], 703210, 16, 128),
    "imdb_lstm": (2 * GATES + 2 * 128, 3 * (2 * GATES + 2 * 128), 2691713, 12, 32),
}
# What is neither product nor update: activations, biases, dropout, loss; of all.
REST = 0.02


@pytest.fixture(autouse=True)
def numpy_engine():
    registry.use("numpy")
    K.set_floatx("float32")
    K.set_image_dim_ordering("tf")


def workload_named(name: str):
    return importlib.import_module(f"harness.workloads.{name}").WORKLOAD


@pytest.mark.parametrize("name", BY_HAND)
@pytest.mark.parametrize("ordering", ["th", "tf"])
def test_flops_of_a_sample_are_those_derived_by_hand(name, ordering):
    K.set_image_dim_ordering(ordering)
    workload = workload_named(name)
    counted = per_sample(workload, workload.editions["2015-12"])
    evaluation, training, weights, each, batch = BY_HAND[name]
    assert evaluation <= counted["evaluation_per_sample"] <= evaluation * (1 + REST)
    step = training + each * weights / batch
    assert step <= counted["train_per_sample"] <= step * (1 + REST)


@pytest.mark.parametrize("name", BY_HAND)
def test_updates_are_those_derived_by_hand(name):
    workload = workload_named(name)
    model = Model(workload, workload.editions["2015-12"], np.random.RandomState(0), batch=4)
    gradients = K.gradients(model.training[0], [weight.variable for weight in model.weights])
    update = flop_count.count([new for _, new in model.updates]) - flop_count.count(gradients)
    _, _, weights, each, _ = BY_HAND[name]
    of_the_step_count = 8 if name == "imdb_lstm" else 0  # Adam's learning rate
    assert update == each * weights + of_the_step_count


def profiled(name: str) -> dict[str, int]:
    """What TensorFlow counts of the loss and the gradients of a batch, by kind of operation."""
    environment = ensure(["tensorflow"], "cpu")["tensorflow"]
    assert isinstance(environment, Environment), environment
    command = [environment.python, "-I", Path(__file__).with_name("tensorflow_profiler.py"), name]
    variables = worker_variables(environment.variables("tuned", 1))
    answer = subprocess.run(command, capture_output=True, text=True, env=variables, check=False)
    assert answer.returncode == 0, answer.stderr[-2000:]
    return json.loads(answer.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", BY_HAND)
def test_flops_are_those_that_the_profiler_of_tensorflow_counts(name):
    found = profiled(name)
    workload = workload_named(name)
    edition = workload.editions["2015-12"]
    bare = edition._replace(layers=lambda: [layer for layer in edition.layers() if not isinstance(layer, Dropout)])
    model = Model(workload, bare, np.random.RandomState(0), batch=edition.batch_size)
    variables = [weight.variable for weight in model.weights]
    counted = flop_count.count([model.training[0], *K.gradients(model.training[0], variables)])
    if name == "mnist_cnn":
        # Its formula for the way back lets the window stand at every place of the input, border mode valid or not.
        places = 28 * 28 - 26 * 26
        found["excess"] = -2 * edition.batch_size * 2 * places * 32 * 9 * 32
    assert found["MatMul"] > 0
    assert counted == pytest.approx(sum(found.values()), rel=REST)
