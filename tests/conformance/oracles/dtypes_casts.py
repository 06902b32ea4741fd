"""Numbers as another dtype has them: integers by Python's, floats by NumPy's."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from harness.worker.conformance.cases.dtypes_casts import ALL, CASES, FLOATS
from harness.worker.conformance.cases.dtypes_integers import INTEGERS
from tests.conformance.oracles.dtypes_integers import wrapped
from tests.conformance.oracles.inputs import oracles_by_label


def as_dtype(number: float, dtype: str) -> Any:
    """A number as another dtype has it."""
    if dtype == "bool":
        return number != 0
    return wrapped(math.trunc(number), dtype) if dtype in INTEGERS else float(np.dtype(dtype).type(number))


def casts(x):
    found = {}
    for target in ALL:
        unsigned = target == "uint8" and x.dtype.name in FLOATS
        numbers = [abs(number) if unsigned else number for number in x.tolist()]
        with np.errstate(over="ignore"):
            found[target] = np.array([as_dtype(number, target) for number in numbers], target)
    return found


def whole(x):
    exact = [Fraction(float(number)) for number in x]
    found = {"round": round, "floor": math.floor, "cast": math.trunc}
    return {label: np.array([function(number) for number in exact], "int64") for label, function in found.items()}


FORMULAS = {f"casts-{dtype}": casts for dtype in ALL} | {"whole-float32": whole, "whole-float64": whole}
ORACLES = oracles_by_label(CASES, FORMULAS)
