"""Whole numbers by Python's, which have no limits, brought back into their dtype; floats by the formulas."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from scipy import signal, special

from harness.worker.conformance_cases.dtypes import (
    ALL,
    CASES,
    FLOATS,
    INTEGERS,
    NUMBERS,
    OTHERS,
    integers,
    limits,
)  # fmt: skip
from harness.worker.conformance_cases.forms import Expression
from oracles import recurrence, state
from oracles.inputs import oracles_of, weights

Results = dict[str, Any]
COMPARED = {
    "equal": lambda x, y: x == y,
    "not_equal": lambda x, y: x != y,
    "greater": lambda x, y: x > y,
    "greater_equal": lambda x, y: x >= y,
    "less": lambda x, y: x < y,
    "less_equal": lambda x, y: x <= y,
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


def values(results: Results) -> Results:
    """Labels of values."""
    return {f"value/{label}": array for label, array in results.items()}


def arithmetic(dtype: str, x, y, a, b, m) -> Results:
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
    return values({**found, "overflows": found["sum"] < x.astype(dtype)})


def reductions(dtype: str, x, factors) -> Results:
    rows = x.tolist()
    places = [[row.index(max(row)) for row in block] for block in rows]
    whole = {
        "sum": [[sum(row[column] for row in block) for column in range(4)] for block in rows],
        "product": [math.prod(row) for row in factors.tolist()],
        "total": sum(number for block in rows for row in block for number in row),
        "max": [max(number for block in rows for number in block[row]) for row in range(3)],
        "min": [[[min(row)] for row in block] for block in rows],
    }
    found = {label: held(numbers, dtype) for label, numbers in whole.items()}
    found["argmax"] = np.array(places, "int64")
    columns = [[[row[column] for row in block] for column in range(4)] for block in rows]
    found["argmin"] = np.array([[column.index(min(column)) for column in block] for block in columns], "int64")
    found["index_of_argmax"] = np.array([[2 * place - 1 for place in block] for block in places], "int64")
    return values(found)


def comparisons(dtype: str, x, y) -> Results:
    pairs = [[(one, other) for one in x.tolist()] for (other,) in y.tolist()]
    return values({name: [[holds(*pair) for pair in row] for row in pairs] for name, holds in COMPARED.items()})


def as_dtype(number: float, dtype: str) -> Any:
    """A number as another dtype has it."""
    if dtype == "bool":
        return number != 0
    return wrapped(math.trunc(number), dtype) if dtype in INTEGERS else float(np.dtype(dtype).type(number))


def casts(dtype: str, x) -> Results:
    found = {}
    for target in ALL:
        numbers = [abs(number) if target == "uint8" and dtype in FLOATS else number for number in x.tolist()]
        with np.errstate(over="ignore"):
            found[target] = np.array([as_dtype(number, target) for number in numbers], target)
    return values(found)


def moved(dtype: str, x, y, rows, flags, few, many) -> Results:
    low, high = limits(dtype)
    return values(
        {
            "select": [[x[i, j] if flags[0, j] else y[i, j] for j in range(3)] for i in range(2)],
            "concatenate": [[*x[i], *y[i]] for i in range(2)],
            "gather": [rows[i] for i in few],
            "gather_64": [[rows[j] for j in each] for each in many],
            "slice": list(reversed(x[1])),
            "transpose": list(zip(*x, strict=True)),
            "reshape": [[x.flat[0], x.flat[1]], [x.flat[2], x.flat[3]], [x.flat[4], x.flat[5]]],
            "expand": [[x[0]], [x[1]]],
            "fill": np.array([high, high], dtype),
            "constant": np.array([low, high], dtype),
            "same": x,
        }
    )


def variables(dtype: str) -> Results:
    """v' = v + x, w' = v - x, twice; then v is set."""
    v, x = (python(integers(dtype, 4, seed=seed, share=4)) for seed in (530, 531))
    w, results = x, {"value/start": held(v, dtype)}
    for call in range(2):
        for label, numbers in (("before", v), ("fed", x), ("sum", v + w)):
            results[f"value/{label}_{call}"] = held(numbers, dtype)
        v, w = v + x, v - x
        results |= {f"update/v_{call}": held(v, dtype), f"update/w_{call}": held(w, dtype)}
    return {**results, "update/set": held(x, dtype), "value/doubled": held(x + x, dtype)}


def scan(x, start) -> Results:
    totals = [
        [sum(row[: time + 1]) + first for time in range(3)]
        for row, first in zip(NUMBERS.tolist(), start.tolist(), strict=True)
    ]
    sums = [sum(x[i, j] for j in range(3) if NUMBERS[i, j] > 2**24) for i in range(2)]
    return values({"totals": np.array(totals), "last": np.array([row[-1] for row in totals]), "chosen": sums})


def bool_logic(x, y, rows) -> Results:
    return values(
        {
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
    )


def bool_chosen(a, b, n, m, x, y) -> Results:
    wide, whole = np.array([True, False, True]), np.array([False, True, True])
    w = weights((3,))
    found = {
        "by_float64": [x[0], y[1], x[2]],
        "by_integers": [y[0], x[1], x[2]],
        "float64": [b[0], a[1], a[2]],
        "cast": [x[0], 0.0, x[2]],
        "as_float64": [a[0], 0.0, a[2]],
        "as_integers": np.array([2**24 + 1, 0, 5], "int64"),
        "both": [False, False, True],
    }
    return {**values(found), "gradient/x": w * wide + w * whole + w * wide, "gradient/y": w * ~wide + w * ~whole}


def bool_variables() -> Results:
    v = np.array([True, False, True, False])
    x = np.array([True, True, False, False])
    return {"value/before": v, "value/fed": x, "update/after": v & x, "update/set": ~v}


def mean(n, b, u) -> Results:
    return values({"int32": [3.0, -2.0], "bool": 0.75, "uint8": 185.0})


def division(n, m) -> Results:
    return values({"quotient": [3.5, -1.75, -2 / 3], "by_number": [1.75, -1.75, 0.5], "with_float": [3.5, -3.5, 1.0]})


def each(function: Callable[[float], float], x: np.ndarray) -> np.ndarray:
    """A function of one number over an array."""
    return np.array([function(float(number)) for number in x.ravel()]).reshape(x.shape)


def float64_unary(x) -> Results:
    found = {name: each(getattr(math, name), x) for name in ("exp", "log", "sqrt", "sin", "cos", "tanh")}
    return values(
        {
            **found,
            "square": x * x,
            "sigmoid": special.expit(x),
            "softplus": each(lambda number: math.log1p(math.exp(number)), x),
            "absolute": np.fabs(x),
            "negative": -x,
        }
    )


def float64_binary(x, y) -> Results:
    found = {
        "sum": x + y,
        "difference": x - 1 / 3,
        "product": x * y,
        "quotient": x / y,
        "power": np.exp(y * np.log(x)),
        "larger": np.where(x > y, x, y),
        "clip": each(lambda number: sorted((1 / 3, number, 4 / 3))[1], x),
    }
    return values(found)


def float64_reductions(x, y) -> Results:
    rows = special.softmax(x, axis=-1)
    found = {
        "sum": np.sum(x, axis=0),
        "mean": math.fsum(x.ravel()) / x.size,
        "max": np.sort(x, axis=1)[:, -1],
        "softmax": rows,
        "crossentropy": -np.log(np.diagonal(rows)),
        "with_vector": x + y,
    }
    return values(found)


def float64_structure(left, right) -> Results:
    parts = [[*left[i, 1:3], *right.T[i]] for i in range(3)]
    found = {
        "dot": np.einsum("ij,jk", left, right),
        "batch_dot": np.full((3, 1, 2), np.sum(left**2, axis=1)[:, None, None]),
        "padded": [[[0.0], *([number] for number in row), [0.0]] for row in left],
        "parts": parts,
        "rows": [right[i] for i in (3, 0, 3)],
    }
    return values(found)


def float64_windows(x, kernel) -> Results:
    around = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    spread = np.zeros((3, 2, 5, 5))
    spread[:, :, ::2, ::2] = kernel
    ends = [(0, 2), (2, 4), (4, 5)]
    tiles = [[x[:, :, slice(*rows), slice(*columns)] for columns in ends] for rows in ends]
    found = {"filtered": correlated(around, kernel), "dilated": correlated(x, spread)}
    for label, function in (("largest", np.max), ("average", np.mean)):
        pooled = np.array([[function(tile, axis=(2, 3)) for tile in row] for row in tiles])
        found[label] = pooled.transpose(2, 3, 0, 1)
    return values(found)


def correlated(x, kernel) -> np.ndarray:
    """Each image with each filter, summed over channels."""
    return np.array(
        [
            [sum(signal.correlate(*pair, mode="valid") for pair in zip(image, each, strict=True)) for each in kernel]
            for image in x
        ]
    )


def float64_recurrence(x, h, kernel) -> Results:
    return values({"last": recurrence.scan("", x, h, kernel)["value/final"]})


def float64_extremes(x) -> Results:
    found = {
        "log": each(math.log, x),
        "root": np.full(x.shape, math.sqrt(1 / 2)),
        "tenfold": np.full(x.shape, 10.0),
        "inverse": np.ones(x.shape),
        "above": np.full(x.shape, True),
        "sign": np.ones(x.shape),
    }
    return values(found)


def float64_far(x) -> Results:
    return values({"tanh": each(math.tanh, x), "sigmoid": special.expit(x)})


def whole(dtype: str, x) -> Results:
    exact = [Fraction(float(number)) for number in x]
    found = {"round": round, "floor": math.floor, "cast": math.trunc}
    return values(
        {label: np.array([function(number) for number in exact], "int64") for label, function in found.items()}
    )


def mixed_gradient(x, w) -> Results:
    """In float64 throughout; `narrow` is what float32 keeps of w."""
    x, narrow = x.astype("float64"), w.astype("float32").astype("float64")
    one = weights((3, 4))
    found = {"wide": x * w + w**2, "narrow": narrow * x + x, "again": x * w * narrow}
    slopes = {
        "gradient/x": one * w + one * (narrow + 1) + one * w * narrow,
        "gradient/w": np.sum(one * (x + 2 * w) + one * x + one * x * (w + narrow), axis=0),
    }
    as_received = {"value/narrow": "float32", "value/again": "float32", "gradient/x": "float32"}
    found = {**values(found), **slopes}
    return {label: np.asarray(array, as_received.get(label, "float64")) for label, array in found.items()}


def mixed_scan(x, h, c) -> Results:
    """Forward, then back through time by hand."""
    x, steps = x.astype("float64"), []
    narrow, wide = h.astype("float64"), c
    for time in range(3):
        before = narrow, wide
        narrow, wide = x[:, time] * wide + narrow / 2, np.tanh(wide + narrow / 3)
        steps.append((*before, narrow, wide))
    of_outputs, of_state = weights((2, 3, 4)), weights((2, 4))
    slope_n, slope_w, slope_x = of_state, of_state, np.zeros_like(x)
    for time in reversed(range(3)):
        _, wide_before, _, wide_after = steps[time]
        slope_n = slope_n + of_outputs[:, time]
        inner = slope_w * (1 - wide_after**2)
        slope_x[:, time] = slope_n * wide_before
        slope_n, slope_w = slope_n / 2 + inner / 3, inner + slope_n * x[:, time]
    found = {"outputs": np.stack([step[2] for step in steps], 1), "last": narrow, "wide": wide}
    found = {**values(found), "gradient/x": slope_x, "gradient/h": slope_n, "gradient/c": slope_w}
    return {
        label: np.asarray(array, "float64" if label[-4:] in ("wide", "nt/c") else "float32")
        for label, array in found.items()
    }


FACTS = ("uniform_is_wide", "normal_is_wide", "uniform_in_limits", "uniform_mean", "normal_mean", "dropout")


def float64_draws() -> Results:
    return values(dict.fromkeys(FACTS, True))


def float64_variables() -> Results:
    third, seventh = np.full(3, 1 / 3), np.full(3, 1 / 7)
    return {
        "value/product": third * seventh,
        "value/total": 0.5 + seventh,
        "update/v": third + seventh,
        "update/w": np.zeros(3),
        "update/set": np.full(3, 1 / 11),
    }


def half(numbers: Any) -> np.ndarray:
    """The nearest numbers of float16."""
    with np.errstate(over="ignore"):
        return np.asarray(numbers, "float64").astype("float16")


def float16(x, y) -> Results:
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
    found |= {"less": less, "argmax": np.array([3, 3]), "float32": (x * y).astype("float32")}
    return values(found)


def float16_products(x, y) -> Results:
    return values({"dot": half(3 * x[:, :3].astype("float64")), "mean": half(np.mean(x.astype("float64"), axis=1))})


def float16_gradient(x, y) -> Results:
    """The slope is rounded where it becomes float16, and again with each factor; a sum at each step."""
    slope = half(2 * weights((2, 3)).astype("float32"))
    to_x, each_y = half(slope.astype("float64") * y), half(slope.astype("float64") * x)
    product = half(x.astype("float64") * y).astype("float32") * 2
    return {"value/product": product, "gradient/x": to_x, "gradient/y": half(each_y[0].astype("float64") + each_y[1])}


def float16_variables() -> Results:
    v, x = half([0.1, 2.0, 2048.0, -1.0]).astype("float64"), OTHERS.astype("float64")
    found = {"value/before": v, "value/product": v * x, "update/after": v + x, "update/set": np.full(4, 0.3)}
    return {label: half(array) for label, array in found.items()}


def bound(case: Any) -> Callable[..., Results]:
    """The function that has the case's name, with its dtype if the name ends with one."""
    _, *words = case.name.split("-")
    if words[-1] in ALL and words[0] in (
        "arithmetic",
        "reductions",
        "comparisons",
        "casts",
        "moved",
        "variables",
        "whole",
    ):
        function = globals()[words[0]]
        return lambda **inputs: function(words[1], **inputs)
    if words[0] == "training":
        return lambda: state.training(words[1], False)
    return globals()["_".join(words)]


def of_case(name: str, **inputs: np.ndarray) -> Results:
    """The results of a case."""
    return BOUND[name](**inputs)


BOUND = {case.name: bound(case) for case in CASES}
ORACLES = oracles_of([case for case in CASES if isinstance(case, Expression)], of_case)
ORACLES.update(
    (case.name, lambda name=case.name: {label: np.asarray(value) for label, value in of_case(name).items()})
    for case in CASES
    if not isinstance(case, Expression)
)
