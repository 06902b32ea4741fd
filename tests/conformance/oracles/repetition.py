"""Repetition by NumPy's repeat and tile, which are the definition."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.repetition import CASES
from tests.conformance.oracles.inputs import oracles_by_label


def grown(x, factors):
    """Each element as often as the factor of each axis says."""
    for axis, factor in factors.items():
        x = np.repeat(x, factor, axis)
    return x


def elements(x):
    return {"first": grown(x, {0: 2}), "inner": grown(x, {1: 3}), "last": grown(x, {2: 2}), "once": 2 * x}


def rows(x, y):
    assert y.shape == (2, 4)
    return {
        name: np.array([[row] * count for row in x])
        for name, count in {"thrice": 3, "as_many": 4, "half_as_many": 2}.items()
    }


def tiles(x, y):
    return {
        "each": np.tile(x, (2, 1, 3)),
        "tuple": np.tile(y, (3, 2)),
        "last": np.tile(x, (1, 1, 2)),
        "last_two": np.tile(x, (1, 3, 2)),
        "more": np.tile(y[None], (2, 1, 2)),
    }


def images(x):
    return {"th": grown(x, {2: 2, 3: 3}), "tf": grown(x, {1: 3})}


FORMULAS = {
    "repeat_elements": elements,
    "repeat_elements-open": elements,
    "repeat": rows,
    "repeat-open": rows,
    "tile": tiles,
    "resize_images": images,
    "resize_images-open": images,
    "resize_volumes": lambda x: {"th": grown(x, {3: 2, 4: 3}), "tf": grown(x, {1: 2, 2: 3})},
}
ORACLES = oracles_by_label(CASES, FORMULAS)
