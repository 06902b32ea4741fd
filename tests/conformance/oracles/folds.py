"""Maps and folds as Python's own."""

from __future__ import annotations

import functools

import numpy as np

from harness.worker.conformance.cases.folds import CASES
from tests.conformance.oracles.inputs import oracles_of


def mapped(function, elements):
    """The results of all elements."""
    return np.stack([function(each) for each in elements])


def mapping(vector, rows, cubes, kernel):
    """One element after another."""
    return {
        "scalars": mapped(lambda x: 2 * np.exp(x), vector),
        "grown": mapped(lambda x: x * kernel, vector),
        "rows": rows**2 + 1,
        "shrunk": mapped(lambda x: np.sum(x**2), rows),
        "cubes": mapped(lambda x: x @ kernel, cubes),
        "signs": rows > 0,
    }


def of_arrays(x):
    """By hand, the folds too."""
    return {
        "map": mapped(lambda each: x * each, np.arange(3.0) + 0.5),
        "map_integers": np.arange(0, 12, 2, dtype="int32").reshape(3, 2),
        "left": (x * 1.5 + x) * 2.5 + x,
        "right": np.array([4 - 2 - 0, 5 - 3 - 1], "int32"),
        "same": np.stack([x, x, x]),
    }


def integers(n):
    """Digits."""
    return {"map": np.array([3, 7, 11], "int32"), "left": np.array([135, 246], "int32")}


def folding(direction, vector, rows, cubes, kernel, start):
    """functools.reduce, over the elements in order or in the order turned around."""

    def fold(function, elements, *first):
        return functools.reduce(function, list(elements)[::direction], *first)

    return {
        "numbers": fold(lambda total, x: total * 0.5 + np.exp(x), vector),
        "numbers_from": fold(lambda total, x: np.sin(total) * x, vector, start.sum()),
        "rows": fold(lambda total, x: np.tanh(total * 2 + x), rows),
        "rows_from": fold(lambda total, x: total * x + start, rows, start),
        "matrices": fold(lambda total, x: total - x**2, cubes),
        "of_other_shape": fold(lambda total, x: kernel @ total + x.sum(), cubes, kernel),
    }


def order(x):
    """In float32, in which alone the order shows."""
    assert x.dtype == np.float32
    return {"left": np.float32(0), "right": functools.reduce(np.multiply, x[::-1])}


def open_number(vector, rows):
    """The elements there are."""

    def fold(elements, *first):
        return functools.reduce(lambda total, x: x - 0.5 * total, elements, *first)

    return {
        "map": rows**2,
        "map_scalars": np.exp(vector),
        "left": fold(rows),
        "right": fold(rows[::-1]),
        "left_scalars": fold(vector),
        "right_from": fold(vector[::-1], rows.sum()),
    }


def single(x):
    """The element, and 1 and ten of it."""
    return {"map": 2 * x, "left": x[0], "right": x[0], "from": 1 + 10 * x[0]}


FORMULAS = {
    "folds-map_fn": mapping,
    "folds-of_arrays": of_arrays,
    "folds-integers": integers,
    "folds-foldl": functools.partial(folding, 1),
    "folds-foldr": functools.partial(folding, -1),
    "folds-order": order,
    "folds-open_number": open_number,
    "folds-single": single,
    "folds-single-open": single,
}


def of_case(name: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
    """The results of a case."""
    return {"value/" + label: value for label, value in FORMULAS[name](**inputs).items()}


ORACLES = oracles_of(CASES, of_case)
