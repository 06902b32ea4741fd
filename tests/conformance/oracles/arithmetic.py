"""Elementwise functions by the standard library's, number by number, and dtypes by hand."""

from __future__ import annotations

import math
import operator

import numpy as np

from harness.worker.conformance.cases.arithmetic import CASES
from tests.conformance.oracles.inputs import oracles_by_label, weights


def sign(number):
    return (number > 0) - (number < 0)


def log(number):
    return math.log(number) if number > 0 else -math.inf if number == 0 else math.nan


def root(number):
    return math.sqrt(max(number, 0.0))


FUNCTIONS = {
    "square": lambda number: number * number,
    "abs": abs,
    "sign": sign,
    "round": round,  # Python's own rounds halves to the even integer
    "exp": math.exp,
    "sin": math.sin,
    "cos": math.cos,
    "sqrt": root,
    "log": log,
}
COMPARISONS = {
    "equal": operator.eq,
    "not_equal": operator.ne,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "lesser": operator.lt,
    "lesser_equal": operator.le,
}


def each(*names):
    """The functions of these names, number by number, in the dtype of what they are given."""

    def results(x):
        return {name: np.vectorize(FUNCTIONS[name], otypes=[x.dtype])(x) for name in names}

    return results


def kinks(x):
    """Values, and the gradient: of |x| and x^2 as everywhere, 0 at 0; of the root 0 at 0 and below."""
    results = each("abs", "sign", "sqrt", "square")(x)
    # each output's numbers have weights that begin anew
    gradients = np.sign(x) + np.where(x > 0, 0.5 / np.sqrt(np.where(x > 0, x, 1)), 0) + 2 * x
    return {**results, "gradient/x": weights(x.shape) * gradients}


def clips(x):
    return {
        "both": np.where(x < -0.5, -0.5, np.where(x > 1.25, 1.25, x)),
        "below": np.where(x < -0.75, -0.75, x),
        "crossed": np.full_like(x, 0.5),
        "zero": np.where(x < 0, 0, np.where(x > 1, 1, x)),
    }


def extremes(x, y):
    return {
        "larger": np.where(x > y, x, y),
        "smaller": np.where(x < y, x, y),
        "larger_than_number": np.where(x > 0.75, x, 0.75),
        "number_smaller": np.where(x < 1.5, x, 1.5),
        "larger_than_array": np.array(
            [[max(pair) for pair in zip(row, [-1.0, 0.1, 1.0, 0.4], strict=True)] for row in x]
        ),
    }


def comparisons(x, y):
    return {
        name: np.array([[compare(one, other) for other in y] for (one,) in x]) for name, compare in COMPARISONS.items()
    }


def compared(x):
    results = {name: np.array([compare(each, 2) for each in x]) for name, compare in COMPARISONS.items()}
    mirrored = {f"number_{name}": np.array([compare(2, each) for each in x]) for name, compare in COMPARISONS.items()}
    return results | mirrored


def operators(x, y):
    return {
        "add": x + y + 1.5,
        "subtract": -(x + y) + 1,
        "multiply": x * y + x * y + x * y,
        "divide": 2 * (x * y) ** -1,
        "power": np.exp(x * math.log(2) + y * np.log(x)),
        "negative": 0 - x,
        "array": np.array([1 - x[0], 2 - x[1], 3 - x[2]]),
    }


def mixed(x, i, u, b):
    """i is 3, 0, 2, 5; u 2, 1, 3, 6; b true but at 1; x -2.5, 0, 2, 4.5."""
    return {
        "float_int": np.array([3.0, 0.0, 2.0, 5.0]),
        "float_bool": np.array([-1.5, 0.0, 3.0, 5.5]),
        "int_bool": np.array([1, 0, 1, 1], "int32"),
        "int_byte": np.array([5, 1, 5, 11], "int32"),
        "power": np.array([-15.625, 1.0, 4.0, 1845.28125]),
        "equal": np.array([False, True, True, False]),
        "greater": np.array([False, True, True, True]),
        "fraction": np.array([3.0, 0.5, 2.0, 5.0]),
        "less_than_fraction": np.array([False, True, True, False]),
        "quotient": np.array([1.5, 0.0, 2 / 3, 5 / 6]),
        "half": np.array([1.5, 0.0, 1.0, 2.5]),
        "clip": np.array([2, 0, 2, 2], "int32"),
    }


FORMULAS = {
    "functions": each("square", "abs", "sign", "round", "exp", "sin", "cos"),
    "functions_of_positives": each("exp", "sin", "cos", "sqrt", "log"),
    "kinks": kinks,
    "halves": each("round"),
    "log_of_zero_and_negative": each("log"),
    "integers": each("square", "abs", "sign", "round"),
    "pow": lambda x, y: {"cube": x * x * x, "root": np.sqrt(x), "inverse": 1 / x, "tensor": np.exp(y * np.log(x))},
    "pow_of_integers": each("square"),
    "clip": clips,
    "extremes": extremes,
    "comparisons": comparisons,
    "comparisons_with_numbers": compared,
    "operators": operators,
    "mixed_dtypes": mixed,
}
ORACLES = oracles_by_label(CASES, FORMULAS)
