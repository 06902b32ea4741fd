"""What variables hold, by hand."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.values import BODIES, A, B
from tests.conformance.oracles.draws import true


def read_and_written():
    """Integers lose fractions towards 0; all but 0 is true."""
    before = (A, np.float64(1.5), np.array([1, 2], "int32"), np.array([True, False]))
    after = (2 * A, np.float64(3.0), np.array([7, -7], "int32"), np.array([False, True]))
    results = {f"value/{place}": value for place, value in enumerate(before)} | {"value/unharmed": A}
    return results | {f"update/{place}": value for place, value in enumerate(after)}


def many():
    results = {f"value/{place}": value for place, value in enumerate((A, B, np.float64(2.0)))}
    results |= {f"update/{place}": value for place, value in enumerate((-A, B, np.float64(5.0)))}
    return results | true("empty")


def evaluated():
    return {
        "value/eval": A @ B[:, None] + 1,
        "value/get": A**2,
        "value/after": (A + 1) @ B[:, None] + 1,
        "value/variable": A + 1,
        "value/number": np.float64(4.0),
        "value/integers": np.array([0, 1, 2], "int32"),
    }


def shapes():
    return true("right", "tuples")


def fine():
    product = A * A[::-1]
    values = {"value/product": product, "value/sum": A.sum(), "update/v": A / 3, "update/total": product.sum()}
    return values | true("more_digits")


def integers():
    start = 2**24
    return {"value/outputs": np.array([start + 1, start + 2], "int32"), "update/count": np.array(start + 3, "int32")}


# The oracle of a body has its name.
ORACLES = {"values-" + body.__name__: globals()[body.__name__] for body in BODIES}
