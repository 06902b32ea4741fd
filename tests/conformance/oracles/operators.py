"""The same by Python's own operators and math.fmod, element by element, and by NumPy's einsum."""

from __future__ import annotations

import math

import numpy as np

from harness.worker.conformance.cases.operators import CASES
from tests.conformance.oracles.inputs import oracles_by_label


def rest(x, y):
    """Of two floats, with the sign of y."""
    if y == 0 or math.isinf(x) or math.isnan(x) or math.isnan(y):
        return math.nan
    found = math.fmod(x, y)
    return found + y if found and (found < 0) != (y < 0) else found


def quotient(x, y):
    """Of two floats; what is beyond the fractions of a float needs no floor."""
    if y == 0:
        return math.nan if x == 0 or math.isnan(x) else math.copysign(math.inf, x)
    if math.isinf(y):
        return math.nan if math.isinf(x) else -1.0 if x * y < 0 else 0.0
    found = math.fmod(x, y) if math.isfinite(x) else math.nan
    return round((x - found) / y) - (found != 0 and (found < 0) != (y < 0)) if math.isfinite(found) else math.nan


quotients, rests = np.vectorize(quotient, otypes=[float]), np.vectorize(rest, otypes=[float])


def division(x, y):
    sevens, fives = np.full(4, 7.0), np.array([5.0, -5.0, 3.0, -3.0])
    return {
        "quotient": quotients(x, y),
        "rest": rests(x, y),
        "by_number": quotients(x, 1.5) + rests(x, -1.5),
        "of_number": quotients(sevens, y) - rests(sevens, y),
        "of_array": rests(fives, y),
    }


def both(x, y):
    return {"quotient": quotients(x, y), "rest": rests(x, y)}


def integers(x, y):
    pairs = list(zip(x.tolist(), y.tolist(), strict=True))
    found = {}
    for dtype in ("int8", "int16", "int32", "int64"):
        # 128 is no int8: it wraps around
        found[f"{dtype}_quotient"] = np.array([a // b if b else 0 for a, b in pairs]).astype(dtype)
        found[f"{dtype}_rest"] = np.array([a % b if b else 0 for a, b in pairs], dtype)
    sizes = [abs(a) for a, _ in pairs]
    return found | {
        "uint8_quotient": np.array([a // 5 for a in sizes], "uint8"),
        "uint8_rest": np.array([a % 5 for a in sizes], "uint8"),
        "fraction": np.array([float(math.floor(a / 2)) for a, _ in pairs]),
        "of_int": np.array([9 % a if a else 0 for a, _ in pairs], "int32"),
    }


def beside_numpy(x):
    row = np.array([2.0, -3.0, 0.5, 4.0])
    return {
        "sum": 2 + x,
        "product": row * x,
        "quotient": quotients(row, x),
        "difference": 2 - x,
        "power": np.exp2(x),
        "less": x > 0,
        "in_place": rests(quotients(x + row, 0.5), 3.0),
        "named": row - x,
    }


def built_in(x, i):
    return {
        "abs": np.sqrt(x * x),
        "abs_int": np.array([3, 4, 0, 2], "int32"),
        "plus": x,
        "round": np.array([[round(each) for each in row] for row in x.tolist()], float),
        "round_int": i,
        "modular_power": np.array([1, 0, 0, 0], "int32"),
        "pair": np.array([1, 0, 0, 0]) - quotients(np.full(x.shape, 7.0), x),
    }


def logical(x, y):
    right, both = x > 0, np.minimum(x, y) > 0
    return {
        "and": both,
        "or": np.where([True, False, False, True], True, right),
        "xor": x <= 0,
        "not": np.minimum(x, y) <= 0,
        "none": np.zeros(x.shape, bool),
    }


def products(a, b, c, d, v):
    return {
        "matrices": np.einsum("ij,jk", a, b),
        "vector_left": np.einsum("j,jk", v, b),
        "vector_right": np.einsum("ij,j", a, v),
        "vectors": np.einsum("i,i", v, v),
        "many": np.einsum("nij,njk->nik", c, d),
        "many_one": np.einsum("nij,jk->nik", c, b),
        "one_many": np.einsum("ij,njk->nik", a, d),
        "many_vector": np.einsum("nij,j->ni", c, v),
        "spread": np.einsum("ij,njk->nik", c[0], d),
        "four": np.einsum("mij,njk->mnik", c, d),
        "array": np.broadcast_to(a.sum(0), a.shape),
    }


def in_a_step(x, h):
    outputs = []
    for now in np.moveaxis(x, 1, 0):
        h = rests(h + now, 1.5)
        outputs.append(h - quotients(h, 0.25))
    return {"last": outputs[-1], "outputs": np.stack(outputs, 1), "state": h}


FORMULAS = {
    "division": division,
    "division-exact": both,
    "division-corners": both,
    "integers": integers,
    "beside_numpy": beside_numpy,
    "built_in": built_in,
    "logical": logical,
    "products": products,
    "products-open": products,
    "in_a_step": in_a_step,
}
ORACLES = oracles_by_label(CASES, FORMULAS)
