"""Elementwise formulas, by the name of the primitive that a case's name holds."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from harness.worker.conformance.cases.elementwise import CASES
from tests.conformance.oracles.inputs import oracles_of, weights


def each(function):
    """A Python function of one number, over an array."""
    return lambda x: np.array([function(float(item)) for item in x.ravel()]).reshape(x.shape)


def logarithm(x: float) -> float:
    return math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan)


FORMULAS = {
    "negative": each(lambda x: -x),
    "absolute": each(abs),
    "sign": each(lambda x: (x > 0) - (x < 0)),
    "exp": each(math.exp),
    "log": each(logarithm),
    "sqrt": each(lambda x: math.sqrt(max(x, 0.0))),
    "square": each(lambda x: x * x),
    "sin": each(math.sin),
    "cos": each(math.cos),
    "tanh": each(math.tanh),
    "sigmoid": special.expit,
    "floor": each(math.floor),
    "round": each(round),
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / y,
    "power": lambda x, y: x**y,
    "maximum": lambda x, y: np.where(np.isnan(x + y), np.nan, np.where(x > y, x, y)),
    "minimum": lambda x, y: np.where(np.isnan(x + y), np.nan, np.where(x < y, x, y)),
    "equal": lambda x, y: x == y,
    "not_equal": lambda x, y: x != y,
    "greater": lambda x, y: x > y,
    "greater_equal": lambda x, y: x >= y,
    "less": lambda x, y: x < y,
    "less_equal": lambda x, y: x <= y,
}
CASTS = {
    "float_to_int32": lambda x: np.array([int(item) for item in x], "int32"),
    "float_to_bool": lambda x: x != 0,
    "int32_to_float32": lambda x: np.array([-2, 0, 3], "float32"),
    "bool_to_float32": lambda x: np.array([1, 0, 1], "float32"),
    "float_to_float64": lambda x: x,
}


def kinks(name: str, x: np.ndarray, y: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Gradients where finite differences cannot tell them."""
    if name in ("elementwise-maximum-ties", "elementwise-minimum-ties"):
        w = weights((3, 5))
        first = x >= y if "maximum" in name else x <= y
        return {
            "gradient/x": np.sum(w * first, axis=0, keepdims=True),
            "gradient/y": np.sum(w * ~first, axis=1, keepdims=True),
        }
    w = weights(x.shape)
    gradients = {
        "elementwise-absolute": lambda: np.array([-1, -1, -1, 0, 1, 1, 1, 1, -1]),
        "elementwise-sign": lambda: np.zeros(9),
        "elementwise-sqrt-of_zero_and_negative": lambda: np.array(
            [0, 0, 0, 0, 1.0, 0.5, 0.5 / math.sqrt(2), 0.5 / math.sqrt(3), 0]
        ),
        "elementwise-stop_gradient": lambda: x * x,
    }
    return {"gradient/x": w * gradients[name]()} if name in gradients else {}


def of_case(name: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
    """The results of a case."""
    _, primitive, *rest = name.split("-")
    if primitive == "select":
        chosen = [inputs["x"][i] if flag else inputs["y"] for i, flag in enumerate(inputs["condition"][:, 0])]
        return {"value/z": np.array(chosen)}
    if primitive == "cast":
        return {"value/y": CASTS[rest[0]](inputs["x"])}
    if primitive == "stop_gradient":
        return {"value/y": inputs["x"] ** 3, **kinks(name, **inputs)}
    result = FORMULAS[primitive](*inputs.values())
    if len(inputs) == 1:
        result = np.asarray(result, "float64")
    return {"value/z" if len(inputs) == 2 else "value/y": result, **kinks(name, **inputs)}


ORACLES = oracles_of(CASES, of_case)
