"""float16 as the nearest numbers to what float64 has."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from harness.worker.conformance.cases.dtypes_float16 import CASES, OTHERS
from tests.conformance.oracles.dtypes_float64 import each
from tests.conformance.oracles.inputs import oracles_by_label, weights


def half(numbers: Any) -> np.ndarray:
    """The nearest numbers of float16."""
    with np.errstate(over="ignore"):
        return np.asarray(numbers, "float64").astype("float16")


def halves(x, y):
    x, y = x.astype("float64"), y.astype("float64")
    less = x < y
    found = {
        "sum": x + y,
        "difference": x - y,
        "product": x * y,
        "quotient": x / y,
        "larger": np.where(less, y, x),
        "clip": np.where(x < -1, -1, np.where(x > 2, 2, x)),
        "relu": np.where(x > 0, x, 0),
        "negative": -x,
        "square": y * y,
        "root": each(math.sqrt, np.abs(x)),
        "exp": each(math.exp, y),
        "tanh": each(math.tanh, y),
        "select": np.where(less, x, y),
        "concatenate": [*x, *x],
        "gather": [x[1], x[1], x[0]],
        "max": [max(row) for row in x],
        "whole": sum(round(number) for number in y),
    }
    found = {label: half(numbers) for label, numbers in found.items()}
    return found | {"less": less, "argmax": np.array([3, 3]), "float32": (x * y).astype("float32")}


def products(x, y):
    return {"dot": half(3 * x[:, :3].astype("float64")), "mean": half(np.mean(x.astype("float64"), axis=1))}


def gradient(x, y):
    """The cotangent is rounded where it becomes float16, and again with each factor; a sum at each step."""
    cotangent = half(2 * weights((2, 3)).astype("float32"))
    to_x, each_y = half(cotangent.astype("float64") * y), half(cotangent.astype("float64") * x)
    product = half(x.astype("float64") * y).astype("float32") * 2
    return {"product": product, "gradient/x": to_x, "gradient/y": half(each_y[0].astype("float64") + each_y[1])}


def variables():
    v, x = half([0.1, 2.0, 2048.0, -1.0]).astype("float64"), OTHERS.astype("float64")
    found = {"value/before": v, "value/product": v * x, "update/after": v + x, "update/set": np.full(4, 0.3)}
    return {label: half(array) for label, array in found.items()}


FORMULAS = {"float16": halves, "float16-products": products, "float16-gradient": gradient}
PROGRAMS = {"dtypes-float16-variables": variables}
ORACLES = oracles_by_label([case for case in CASES if case.name not in PROGRAMS], FORMULAS) | PROGRAMS
