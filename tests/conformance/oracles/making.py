"""What is made, by hand."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.making import CASES, MATRIX, VALUE
from harness.worker.conformance.forms import as_input, draw
from tests.conformance.oracles.inputs import oracles_by_label


def variables():
    made = {
        "array": VALUE,
        "float64": VALUE,
        "number": np.array(2.5),
        "list": np.array([[1.0, 2.0], [3.0, 4.0]]),
        "int32": np.array([1, -2], "int32"),
        "uint8": np.array([0, 255], "uint8"),
        "bool": np.array([True, False]),
        "zeros": np.array([[0.0] * 3] * 2),
        "zeros_int64": np.array([0, 0], "int64"),
        "ones": np.array([[1.0, 1.0]]),
        "ones_int16": np.array([1, 1], "int16"),
        "eye": np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        "eye_int32": np.array([[1, 0], [0, 1]], "int32"),
        "nothing": np.empty((0, 2)),
    }
    return {f"value/{how}{label}": array for label, array in made.items() for how in ("", "got_")}


def drawn():
    """Drawn again from a seed; from another; without one; from the global generator's seed; then limits and moments."""
    same = [True, False, False, True]
    return {
        "value/facts": np.array(same + same + [True] * 6),
        "value/shape": np.array([2, 3, 3, 1]),
        "value/double": np.array(True),
    }


def alike(x):
    return {
        "zeros": 0 * x,
        "ones": 0 * x + 1,
        "zeros_int32": np.array([[0] * 3] * 2, "int32"),
        "ones_bool": np.array([[True] * 3] * 2),
        "of_integers": np.array([[1] * 3] * 2, "int32"),
    }


def ranges():
    return {
        "stop": np.array([0, 1, 2, 3, 4], "int32"),
        "start": np.array([2, 3, 4], "int32"),
        "step": np.array([1, 4, 7], "int32"),
        "down": np.array([5, 3, 1], "int32"),
        "int64": np.array([0, 1, 2], "int64"),
        "floats": np.array([0, 0.5, 1, 1.5], "float32"),
        "doubles": np.array([0.5, 1.5, 2.5], "float64"),
        "truncated": np.array([0, 1, 2], "int32"),
    }


def hot(x, y):
    rows = {0: [1.0, 0.0], 1: [0.0, 1.0]}
    return {
        "x": np.array([[0.0, 0, 1], [1, 0, 0], [0, 0, 0], [0, 0, 0], [0, 1, 0]]),
        "y": np.array([[rows.get(number, [0.0, 0.0]) for number in pair] for pair in y.tolist()]),
    }


def casts(x, i, b):
    return {
        "truncated": np.array([-2, 0, 0, 0, 3], "int32"),
        "small": np.array([-2, 0, 0, 0, 3], "int8"),
        "bool": np.array([True, True, False, True, True]),
        "float": np.array([-3, 0, 7], "float32"),
        "double": np.array([1, 0], "float64"),
        "wide": np.array([-3, 0, 7], "int64"),
        "of_bool": np.array([1, 0], "uint8"),
        "same": np.array([-3, 0, 7], "int32"),
    }


def evaluated():
    return {
        "value/before": np.array([2.0, 4.0, 0.5]),
        "value/after": np.array([6.0, 8.0, 4.5]),
        "value/array": np.array([False, True, False]),
    }


def sparse():
    weights = as_input(draw(3, 2, seed=590), "float64")
    product = np.array([2 * weights[1], -1.5 * weights[2]])
    return {
        "value/placeholder": MATRIX,
        "value/variable": MATRIX,
        "value/product": product,
        "value/joined": np.array([*MATRIX, *MATRIX]),
        "value/sums": np.array([2.0, -1.5]),
        "value/dense": weights,
        "value/fed_dense": product,
        "value/evaluated": MATRIX,
        "value/sparse": np.array([True, True, True, False, False, False]),
    }


FORMULAS = {
    "alike": alike,
    "alike-open": alike,
    "arange": ranges,
    "arange-open": lambda x: {
        "rows": np.array([0, 1, 2, 3], "int32"),
        "floats": np.array([0.0, 2.0, 4.0]),
        "less": np.array([0, 1], "int64"),
    },
    "one_hot": hot,
    "cast": casts,
}
PROGRAMS = {
    "making-variables": variables,
    "making-names": lambda: {"value/names": np.array([True] * 9 + [False] * 2)},
    "making-drawn": drawn,
    "making-arange-empty": lambda: {"value/sizes": np.array([0, 0, 0, 0, 0])},
    "making-eval": evaluated,
    "making-sparse": sparse,
}
ORACLES = oracles_by_label([case for case in CASES if case.name not in PROGRAMS], FORMULAS) | PROGRAMS
