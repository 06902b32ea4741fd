"""The same of NumPy's arrays."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.plain_values import CASES, INTEGERS, ROWS, X
from harness.worker.conformance.forms import as_input
from tests.conformance.oracles.draws import true
from tests.conformance.oracles.inputs import oracles_by_label

rows, integers = np.array(ROWS), np.array(INTEGERS)


def softmax(x):
    powers = np.exp(x)
    return powers / powers.sum(axis=-1, keepdims=True)


def elementwise(x):
    return {
        "exp": np.exp(2.0),
        "tanh": np.tanh(0.5),
        "sqrt": np.sqrt(integers),
        "square": rows**2,
        "abs": np.abs(rows),
        "sign": np.array(-1),
        "relu": np.maximum(rows, 0),
        "softmax": softmax(rows),
        "maximum": np.maximum(x, 0),
        "minimum": np.minimum([1.0, 0.0, -1.0], x),
        "equal": np.array([False, True]),
        "greater": x > rows,
        "pow": integers**2,
        "clip": np.clip(rows, -1, 1),
        "cast": np.array([0, 1], "int32"),
        "operators": (x + rows[0]) * 2 - np.array([[1], [2]]),
        "reversed": 1 - rows / (x + 3),
    }


def reductions():
    return {
        "number": np.float64(3.0),
        "sum": rows.sum(axis=0),
        "mean": integers.mean(axis=1),
        "max": np.array(6),
        "argmax": np.array([2, 1]),
        "any": np.array([True, False]),
        "std": rows.std(axis=0, keepdims=True),
    }


def shaping(x):
    return {
        "concatenate": np.concatenate([x, rows, rows]),
        "stack": np.array([[1.0, 2.0], [3.0, 4.0]]),
        "reshape": rows.reshape(3, 2),
        "transpose": integers.T,
        "expand_dims": np.array([2.5]),
        "repeat": np.stack([rows, rows], axis=1),
        "reverse": rows[:, ::-1],
        "gather": rows[[1, 0, 1]],
        "one_hot": np.eye(3)[[0, 2]],
        "zeros_like": np.zeros((2, 3)),
        "shape": np.array([2, 3], "int32"),
    }


def products(x):
    return {
        "dot": rows.T @ x,
        "dot_list": x @ np.array([[1], [2], [3]]),
        "dot_both": integers @ np.array([[1.0], [0.5], [0.25]]),
        "batch_dot": (x * rows).sum(axis=1, keepdims=True),
    }


def losses(x):
    p, q = softmax(x), 1 / (1 + np.exp(-x))
    target, hits = np.array([[1, 0, 0], [0, 0.5, 0.5]]), np.array([[1, 0, 1], [0, 1, 1]])
    return {
        "categorical": -(target * np.log(p)).sum(axis=1),
        "sparse": -np.log(p[[0, 1], [2, 0]]),
        "binary": -(hits * np.log(q) + (1 - hits) * np.log(1 - q)),
        "normalised": (x - 0.5) / np.sqrt(2 + 1e-3) * np.array([1, 2, 3]) + 1,
        "top": (p.argmax(axis=1) == [0, 1]).astype("int32"),
    }


def switched(x, y):
    positive = x > 0
    return {
        "numbers": np.where(positive, 1.0, 0.0),
        "integers": np.where(positive, 1, -1),
        "mixed": np.where(positive, 2.0, 0.5),
        "numpy": np.where(positive, 1.5, np.array([1.0, 2.0, 3.0])),
        "one_tensor": np.where(positive, y, 0),
        "of_number": np.where(x != 0, 1.0, y),
        "vector": np.where(positive, y.sum(axis=0), np.array([5.0, 6.0, 7.0])),
        "callables": np.where(positive, 3.0, y),
        "true": np.float64(1.0),
        "zero": np.full((2, 3), 2.0),
        "list": np.stack([x[0], y[1]]),
        "column": np.where(x.sum(axis=1, keepdims=True) > 0, 1.0, 0.0),
    }


def listed(x, y):
    return {
        "sum": x + y,
        "maximum": np.stack([np.maximum(x[0], y[0]), np.maximum(0, y[1])]),
        "mean": np.mean([x.sum(), y.sum(), 1]),
        "operator": x * np.array([x.sum(), 2.0, y.sum()]),
    }


def in_steps(x):
    sequence, mask = np.arange(12.0).reshape(2, 3, 2) / 10, np.array([[1, 0, 1], [0, 1, 1]])
    outputs = np.zeros((2, 3, 2))
    for sample in range(2):
        state, last = np.array([[1.0, 2.0], [3.0, 4.0]][sample]), np.zeros(2)
        for time in range(3):
            if mask[sample, time]:
                state = last = sequence[sample, time] + state
            outputs[sample, time] = last
    total = np.array([0.0, 1.0, 2.0])
    for row in rows:
        total = total * 0.5 + row
    return {
        "rnn": outputs,
        "map_fn": np.array([(row * x).sum() for row in rows]),
        "foldl": total,
        "foldr": rows[1] - rows[0],
    }


def phases():
    x = as_input(X, "float64")
    in_test = np.zeros((2, 3)), np.full((2, 3), 2.0), x, np.float64(0.0)
    in_train = x, x, np.ones((2, 3)), np.float64(1.0)
    return {
        f"value/output_{place}_{phase}": array
        for phase, arrays in enumerate((in_test, in_train))
        for place, array in enumerate(arrays)
    }


def updates():
    return {
        "update/a": np.array([1.0, 2.0, 3.0]),
        "update/b": np.array([1.5, 2.5, 3.5]),
        "update/c": np.array([1.0, 0.0, -1.0]),
        "update/d": np.array([1.5, 2.0, 2.5]),
    } | true("asked_0", "asked_1", "asked_2", "asked_3")


FORMULAS = {
    "elementwise": elementwise,
    "reductions": reductions,
    "shaping": shaping,
    "products": products,
    "losses": losses,
    "switched": switched,
    "switched-free": switched,
    "listed": listed,
    "in_steps": in_steps,
}
PROGRAMS = {"plain_values-phases": phases, "plain_values-updates": updates}
ORACLES = {**oracles_by_label([case for case in CASES if case.name not in PROGRAMS], FORMULAS), **PROGRAMS}
