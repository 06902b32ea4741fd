"""Choices by np.where."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.switching import CASES
from tests.conformance.oracles.inputs import oracles_of


def scalars(name, x, y, yes, no, other, nothing):
    """Which branch each condition takes."""
    return {
        "value/of_bool": x,
        "value/of_number_0": y,
        "value/of_byte": x,
        "value/of_integer_0": y,
        "value/of_true": x,
    }


def callables(name, x, y, yes):
    """1 is true, 1 == 0 is not."""
    return {"value/both": np.exp(x), "value/neither_taken": y}


def ranks(name, x, y, rows, pairs, each, thin):
    """A condition with axes of size 1 behind it."""
    return {
        "value/of_rows": np.where(rows[:, None, None] != 0, x, y),
        "value/of_pairs": np.where(pairs[:, :, None] != 0, x, y),
        "value/of_each": np.where(each != 0, x, y),
        "value/of_thin": np.where(thin != 0, x, y),
    }


def broadcasting(name, x, row, rows):
    """As NumPy broadcasts."""
    where = rows[:, None, None] != 0
    return {
        "value/number": np.where(where, x, 7.0),
        "value/vector": np.where(where, row, x),
        "value/thin": np.where(where, x.sum(axis=1, keepdims=True), x),
        "value/number_first": np.where(where, 0.5, x**2),
    }


def dtypes(name, x, n, small, rows):
    """The same in the wider dtype."""
    where = rows[:, None] != 0
    return {
        "value/float": np.where(where, n.astype("float64"), x),
        "value/integer": np.where(where, n, small.astype("int32")),
        "value/bool": np.where(where, small == 1, n > 1),
    }


def not_a_number(name, x, whole):
    """Logarithms of what is above 0, the rest as it is."""
    return {"value/log": np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), x), "value/one_for_all": x}


def counted(name, x, y):
    """The larger sum."""
    rows = np.array([one if one.sum() > other.sum() else other for one, other in zip(x, y, strict=True)])
    return {"value/whole": x if x.sum() > y.sum() else y, "value/rows": rows}


def of_case(name: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
    """The results of a case, from the function that has its name."""
    return globals()[name.split("-")[1]](name, **inputs)


ORACLES = oracles_of(CASES, of_case)
