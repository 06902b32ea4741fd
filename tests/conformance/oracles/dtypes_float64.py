"""float64 by the formulas, each number by the standard library's functions where it has them."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy import signal, special

from harness.worker.conformance.cases.dtypes_float64 import CASES
from tests.conformance.oracles import recurrence, state
from tests.conformance.oracles.inputs import oracles_by_label


def each(function: Callable[[float], float], x: np.ndarray) -> np.ndarray:
    """A function of one number over an array."""
    return np.array([function(float(number)) for number in x.ravel()]).reshape(x.shape)


def unary(x):
    found = {name: each(getattr(math, name), x) for name in ("exp", "log", "sqrt", "sin", "cos", "tanh")}
    return {
        **found,
        "square": x * x,
        "sigmoid": special.expit(x),
        "softplus": each(lambda number: math.log1p(math.exp(number)), x),
        "absolute": np.fabs(x),
        "negative": -x,
    }


def binary(x, y):
    return {
        "sum": x + y,
        "difference": x - 1 / 3,
        "product": x * y,
        "quotient": x / y,
        "power": np.exp(y * np.log(x)),
        "larger": np.where(x > y, x, y),
        "clip": each(lambda number: sorted((1 / 3, number, 4 / 3))[1], x),
    }


def reductions(x, y):
    rows = special.softmax(x, axis=-1)
    return {
        "sum": np.sum(x, axis=0),
        "mean": math.fsum(x.ravel()) / x.size,
        "max": np.sort(x, axis=1)[:, -1],
        "softmax": rows,
        "crossentropy": -np.log(np.diagonal(rows)),
        "with_vector": x + y,
    }


def structure(left, right):
    return {
        "dot": np.einsum("ij,jk", left, right),
        "batch_dot": np.full((3, 1, 2), np.sum(left**2, axis=1)[:, None, None]),
        "padded": [[[0.0], *([number] for number in row), [0.0]] for row in left],
        "parts": [[*left[i, 1:3], *right.T[i]] for i in range(3)],
        "rows": [right[i] for i in (3, 0, 3)],
    }


def windows(x, kernel):
    around = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    spread = np.zeros((3, 2, 5, 5))
    spread[:, :, ::2, ::2] = kernel
    ends = [(0, 2), (2, 4), (4, 5)]
    tiles = [[x[:, :, slice(*rows), slice(*columns)] for columns in ends] for rows in ends]
    found = {"filtered": correlated(around, kernel), "dilated": correlated(x, spread)}
    for label, function in (("largest", np.max), ("average", np.mean)):
        pooled = np.array([[function(tile, axis=(2, 3)) for tile in row] for row in tiles])
        found[label] = pooled.transpose(2, 3, 0, 1)
    return found


def correlated(x, kernel) -> np.ndarray:
    """Each image with each filter, summed over channels."""
    return np.array(
        [
            [sum(signal.correlate(*pair, mode="valid") for pair in zip(image, each, strict=True)) for each in kernel]
            for image in x
        ]
    )


def extremes(x):
    return {
        "log": each(math.log, x),
        "root": np.full(x.shape, math.sqrt(1 / 2)),
        "tenfold": np.full(x.shape, 10.0),
        "inverse": np.ones(x.shape),
        "above": np.full(x.shape, True),
        "sign": np.ones(x.shape),
    }


def draws():
    facts = ("uniform_is_wide", "normal_is_wide", "uniform_in_limits", "uniform_mean", "normal_mean", "dropout")
    return {f"value/{fact}": np.array(True) for fact in facts}


def variables():
    third, seventh = np.full(3, 1 / 3), np.full(3, 1 / 7)
    return {
        "value/product": third * seventh,
        "value/total": 0.5 + seventh,
        "update/v": third + seventh,
        "update/w": np.zeros(3),
        "update/set": np.full(3, 1 / 11),
    }


FORMULAS = {
    "float64-unary": unary,
    "float64-binary": binary,
    "float64-reductions": reductions,
    "float64-structure": structure,
    "float64-windows": windows,
    "float64-recurrence": lambda x, h, kernel: {"last": recurrence.scan("", x, h, kernel)["value/final"]},
    "float64-extremes": extremes,
    "float64-far": lambda x: {"tanh": each(math.tanh, x), "sigmoid": special.expit(x)},
}
PROGRAMS = {"dtypes-float64-draws": draws, "dtypes-float64-variables": variables}
for _name in ("descent", "rmsprop", "adadelta", "adam"):
    PROGRAMS["dtypes-training-" + _name] = lambda name=_name: state.training(name, False)
ORACLES = oracles_by_label([case for case in CASES if case.name not in PROGRAMS], FORMULAS) | PROGRAMS
