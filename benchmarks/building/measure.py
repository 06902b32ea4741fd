"""The times. All are the least of several, which is what a disturbed machine leaves of a program that does not vary."""

from __future__ import annotations

import timeit
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from harness.backends import api as K
from harness.backends.graph.nodes import Operation, Tensor
from harness.backends.graph.traversal import everything, schedule
from harness.workloads.mnist_cnn import WORKLOAD
from harness.workloads.modeling.optimizers import Adadelta
from harness.workloads.modeling.training import Model

REPEATS = 25
BATCH, WIDTH = 32, 64


class Cost(NamedTuple):
    """What a call took, and the operations that it made."""

    name: str
    seconds: float
    operations: int


def least(function: Callable[[], object], number: int = 1) -> float:
    """Seconds of one call."""
    return min(timeit.repeat(function, number=number, repeat=REPEATS)) / number


def made(function: Callable[[], object]) -> int:
    """How many operations a call makes."""
    before = next(Operation.serials)
    function()
    return next(Operation.serials) - before - 1


def mnist_cnn() -> Cost:
    """The whole model: layers, loss, gradients and updates, its weights drawn."""

    def build() -> Model:
        return Model(WORKLOAD, WORKLOAD.editions["2015-12"], np.random.RandomState(1))

    model = build()
    tensors = [*model.training, *model.evaluation, *(new for _, new in model.updates)]
    return Cost("mnist_cnn", least(build), len(schedule(tensors, everything)))


def chain(layers: int) -> Cost:
    """As many dense layers with relu, their gradients and Adadelta's updates."""

    def build() -> list:
        x = K.placeholder((BATCH, WIDTH))
        weights = [K.zeros((WIDTH, WIDTH)) for _ in range(layers)]
        for weight in weights:
            x = K.relu(K.dot(x, weight))
        return Adadelta(lr=1.0, rho=0.95, epsilon=1e-6).updates(weights, K.gradients(K.sum(x), weights))

    return Cost(f"{layers} layers", least(build), made(build))


def function_call() -> Cost:
    """Calling a compiled function whose engine does nothing: checking three arrays of a batch."""
    inputs = [K.placeholder((None, WIDTH)) for _ in range(3)]
    function = K.function(inputs, [K.sum(inputs[0])])
    function.compiled = {None: lambda arrays: arrays}
    arrays = [np.zeros((BATCH, WIDTH), "float32")] * 3
    return Cost("a compiled function", least(lambda: function(arrays), 100), 0)


def calls() -> list[Cost]:
    """One call of the functions of K that models are made of."""
    costs = []
    for name, call in examples().items():
        call()
        costs.append(Cost(name, least(call, 30), made(call)))
    return costs


def examples() -> dict[str, Callable[[], Tensor]]:
    """Name -> a call of that function."""
    x, y = K.placeholder((None, WIDTH)), K.placeholder((None, WIDTH))
    images, kernel = K.placeholder((None, 28, 28, 1)), K.variable(np.zeros((3, 3, 1, 32)))
    weight, bias, statistics = K.zeros((WIDTH, WIDTH)), K.zeros((WIDTH,)), K.ones((WIDTH,))
    indices = K.placeholder((None, 10), dtype="int32")
    return {
        "dot": lambda: K.dot(x, weight),
        "x + y": lambda: x + bias,
        "x * 2": lambda: x * 2.0,
        "exp": lambda: K.exp(x),
        "relu": lambda: K.relu(x),
        "sigmoid": lambda: K.sigmoid(x),
        "softmax": lambda: K.softmax(x),
        "clip": lambda: K.clip(x, 0.0, 1.0),
        "sum": lambda: K.sum(x, axis=-1),
        "mean": lambda: K.mean(x, axis=[0, 1]),
        "argmax": lambda: K.argmax(x),
        "equal": lambda: K.equal(x, y),
        "cast": lambda: K.cast(x, "int32"),
        "reshape": lambda: K.reshape(images, (-1, 784)),
        "permute_dimensions": lambda: K.permute_dimensions(images, (0, 3, 1, 2)),
        "concatenate": lambda: K.concatenate([x, y]),
        "expand_dims": lambda: K.expand_dims(x),
        "x[:, 1]": lambda: x[:, 1],
        "gather": lambda: K.gather(weight, indices),
        "conv2d": lambda: K.conv2d(images, kernel, dim_ordering="tf"),
        "pool2d": lambda: K.pool2d(images, (2, 2), dim_ordering="tf"),
        "batch_normalization": lambda: K.batch_normalization(x, bias, statistics, bias, statistics),
        "dropout": lambda: K.dropout(x, 0.5, seed=1),
        "in_train_phase": lambda: K.in_train_phase(x, y),
        "categorical_crossentropy": lambda: K.categorical_crossentropy(x, y),
        "binary_crossentropy": lambda: K.binary_crossentropy(x, y),
        "gradients": lambda: K.gradients(x, [x]),
    }
