"""Bools by NumPy's operators on them, and by hand."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.dtypes_bool import CASES
from tests.conformance.oracles.inputs import oracles_by_label, weights


def logic(x, y, rows):
    return {
        "or": x | y,
        "and": x & y,
        "larger": x | y,
        "smaller": x & y,
        "any": [True, False],
        "all": [False, False, False],
        "number": np.array([2, 0], "int32"),
        "product": np.array(0, "int32"),
        "max": [True, True, False],
        "min": False,
        "equal": ~(x ^ y),
        "greater": x & ~y,
        "less_equal": ~x | y,
        "select": x & y,
        "concatenate": np.array([*x, *x]),
        "gather": [x[row] for row in rows],
        "transpose": list(zip(*x, strict=True)),
        "share": 2 / 6,
        "count": np.array(2, "int32"),
    }


def chosen(a, b, n, m, x, y):
    wide, whole = np.array([True, False, True]), np.array([False, True, True])
    w = weights((3,))
    return {
        "by_float64": [x[0], y[1], x[2]],
        "by_integers": [y[0], x[1], x[2]],
        "float64": [b[0], a[1], a[2]],
        "cast": [x[0], 0.0, x[2]],
        "as_float64": [a[0], 0.0, a[2]],
        "as_integers": np.array([2**24 + 1, 0, 5], "int64"),
        "both": [False, False, True],
        "gradient/x": w * wide + w * whole + w * wide,
        "gradient/y": w * ~wide + w * ~whole,
    }


def numbers(x):
    whole = {"sum": [2, 1, 2], "without": [0, 1, 0], "times": [2, 0, 2], "negative": [-1, 0, -1]}
    return {
        **{label: np.array(values, "int32") for label, values in whole.items()},
        "share": [0.5, 0.0, 0.5],
        "half": [0.5, 0.0, 0.5],
        "is_two": [False, False, False],
        "less": [False, True, True],
        "flag": [True, False, True],
    }


def variables():
    v = np.array([True, False, True, False])
    x = np.array([True, True, False, False])
    return {"value/before": v, "value/fed": x, "update/after": v & x, "update/set": ~v}


FORMULAS = {"bool-logic": logic, "bool-chosen": chosen, "bool-numbers": numbers}
PROGRAMS = {"dtypes-bool-variables": variables}
ORACLES = oracles_by_label([case for case in CASES if case.name not in PROGRAMS], FORMULAS) | PROGRAMS
