"""Whole numbers by Python's, which have no limits, brought back into their dtype."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from harness.worker.conformance.cases.dtypes_integers import CASES, INTEGERS, LARGE, NUMBERS, integers, limits
from tests.conformance.oracles.inputs import oracles_by_label

COMPARED = {
    "equal": operator.eq,
    "not_equal": operator.ne,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "less": operator.lt,
    "less_equal": operator.le,
}


def wrapped(number: int, dtype: str) -> int:
    """The number that is held where there is room for the last bits only."""
    bits, signed = int(dtype.strip("uint")), not dtype.startswith("u")
    last = number % 2**bits
    return last - 2**bits if signed and last >= 2 ** (bits - 1) else last


def python(array: np.ndarray) -> np.ndarray:
    """The same numbers as Python has them."""
    return np.array(array.tolist(), dtype=object)


def held(numbers: Any, dtype: str) -> np.ndarray:
    """Python integers, wrapped around, as an array."""
    objects = np.asarray(numbers, dtype=object)
    return np.array([wrapped(int(number), dtype) for number in objects.ravel()], dtype).reshape(objects.shape)


def arithmetic(x, y, a, b, m):
    dtype = x.dtype.name
    x, y, a, b, m = map(python, (x, y, a, b, m))
    whole = {
        "sum": x + y,
        "difference": x - y,
        "product": a * b,
        "square": a * a,
        "larger": np.where(x > y, x, y),
        "smaller": np.where(x < y, x, y),
        "negative": -x,
        "magnitude": np.where(x < 0, -x, x),
        "sign": np.where(x > 0, 1, np.where(x < 0, -1, 0)),
        "with_number": 3 * a - 1,
        "dot": [[sum(m[:, i] * m[:, j]) for j in range(2)] for i in range(2)],
        "power": [[base**exponent for base in range(4)] for exponent in (0, 1, 4)],
    }
    found = {label: held(numbers, dtype) for label, numbers in whole.items()}
    return {**found, "overflows": found["sum"] < x.astype(dtype)}


def reductions(x, factors):
    rows = x.tolist()
    places = [[row.index(max(row)) for row in block] for block in rows]
    whole = {
        "sum": [[sum(row[column] for row in block) for column in range(4)] for block in rows],
        "product": [math.prod(row) for row in factors.tolist()],
        "total": sum(number for block in rows for row in block for number in row),
        "max": [max(number for block in rows for number in block[row]) for row in range(3)],
        "min": [[[min(row)] for row in block] for block in rows],
    }
    found = {label: held(numbers, x.dtype.name) for label, numbers in whole.items()}
    found["argmax"] = np.array(places, "int64")
    columns = [[[row[column] for row in block] for column in range(4)] for block in rows]
    found["argmin"] = np.array([[column.index(min(column)) for column in block] for block in columns], "int64")
    found["index_of_argmax"] = np.array([[2 * place - 1 for place in block] for block in places], "int64")
    return found


def comparisons(x, y):
    pairs = [[(one, other) for one in x.tolist()] for (other,) in y.tolist()]
    return {name: [[holds(*pair) for pair in row] for row in pairs] for name, holds in COMPARED.items()}


def moved(x, y, rows, flags, few, many):
    low, high = limits(x.dtype.name)
    return {
        "select": [[x[i, j] if flags[0, j] else y[i, j] for j in range(3)] for i in range(2)],
        "concatenate": [[*x[i], *y[i]] for i in range(2)],
        "gather": [rows[i] for i in few],
        "gather_64": [[rows[j] for j in each] for each in many],
        "slice": list(reversed(x[1])),
        "transpose": list(zip(*x, strict=True)),
        "reshape": [[x.flat[0], x.flat[1]], [x.flat[2], x.flat[3]], [x.flat[4], x.flat[5]]],
        "expand": [[x[0]], [x[1]]],
        "fill": np.array([high, high], x.dtype),
        "constant": np.array([low, high], x.dtype),
        "same": x,
    }


def variables(dtype):
    """v' = v + x, w' = v - x, twice; then v is set."""
    v, x = (python(integers(dtype, 4, seed=seed, share=4)) for seed in (530, 531))
    w, results = x, {"value/start": held(v, dtype)}
    for call in range(2):
        for label, numbers in (("before", v), ("fed", x), ("sum", v + w)):
            results[f"value/{label}_{call}"] = held(numbers, dtype)
        v, w = v + x, v - x
        results |= {f"update/v_{call}": held(v, dtype), f"update/w_{call}": held(w, dtype)}
    return {**results, "update/set": held(x, dtype), "value/doubled": held(x + x, dtype)}


def scan(x, start):
    totals = [
        [sum(row[: time + 1]) + first for time in range(3)]
        for row, first in zip(NUMBERS.tolist(), start.tolist(), strict=True)
    ]
    sums = [sum(x[i, j] for j in range(3) if NUMBERS[i, j] > 2**24) for i in range(2)]
    return {"totals": np.array(totals), "last": np.array([row[-1] for row in totals]), "chosen": sums}


FORMULAS = {
    "scan": scan,
    "mean": lambda n, b, u: {"int32": [3.0, -2.0], "bool": 0.75, "uint8": 185.0},
    "division": lambda n, m: {
        "quotient": [3.5, -1.75, -2 / 3],
        "by_number": [1.75, -1.75, 0.5],
        "with_float": [3.5, -3.5, 1.0],
    },
}
for _dtype in INTEGERS:
    FORMULAS |= {f"arithmetic-{_dtype}": arithmetic, f"reductions-{_dtype}": reductions}
    FORMULAS[f"comparisons-{_dtype}"] = comparisons
FORMULAS |= {f"moved-{dtype}": moved for dtype in LARGE}
PROGRAMS = {f"dtypes-variables-{dtype}": lambda dtype=dtype: variables(dtype) for dtype in LARGE}
ORACLES = oracles_by_label([case for case in CASES if case.name not in PROGRAMS], FORMULAS) | PROGRAMS
