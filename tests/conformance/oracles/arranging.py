"""Shapes and axes by hand and by NumPy's own stacking, which is the definition."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.arranging import CASES
from tests.conformance.oracles.inputs import oracles_by_label


def in_rows(x, *shape):
    """The elements in C order."""
    return np.array(x.ravel().tolist()).reshape(shape)


def permuted(x, y):
    return {"x": np.einsum("abc->bca", x), "list": np.einsum("abc->cab", x), "y": np.einsum("ab->ba", y)}


def ones_of_size(x):
    inner = np.array([[item] for item in x])
    return {
        "last": np.stack([x], axis=3),
        "inner": inner,
        "before_last": np.stack([x], axis=2),
        "first": np.array([x]),
        "squeezed": 2 * x,
        "squeezed_last": 3 * x,
    }


def joined(x, y):
    return {
        "last": np.dstack([x, 2 * x]),
        "first": np.vstack([x, 2 * x, x]),
        "inner": np.hstack([x, 2 * x]),
        "stacked": np.array([x, 2 * x]),
        "alone": y,
    }


def of_dtypes(x, i, b):
    return {
        "float": np.array([[3, -4, 0.5, 2.5]]),
        "integer": np.array([[1, 0], [3, -4]], "int32"),
        "stacked": np.array([[[0.5, 2.5]], [[3, -4]], [[1, 0]]]),
        "bools": np.array([[True, False, True, False]]),
    }


def turned(x):
    return {
        "first": x[[3, 2, 1, 0]],
        "last": x[:, :, [1, 0]],
        "two": x[[3, 2, 1, 0]][:, [2, 1, 0]],
        "none": x,
    }


def known():
    """Placeholders in floatx, a variable in float64; -1 is unknown."""
    shapes = {"placeholder": [-1, 3, 2], "of_rank": [-1, -1], "variable": [2, 5], "bool": [4], "scalar": []}
    dtypes = {"placeholder": True, "of_rank": 2, "variable": 1, "bool": 3, "scalar": True}
    results = {f"value/shape_{label}": np.array(shape, "int32") for label, shape in shapes.items()}
    results |= {f"value/rank_{label}": np.array(len(shape), "int32") for label, shape in shapes.items()}
    results |= {f"value/dtype_{label}": np.array(dtype) for label, dtype in dtypes.items()}
    results["value/explicit"] = np.array([True, True, False, False, False])
    return results | {"value/count": np.array([10, 1], "int32")}


FORMULAS = {
    "reshape": lambda x: {
        "tuple": in_rows(x, 6, 4),
        "rest": in_rows(x, 2, 4, 3),
        "numpy": in_rows(x, 3, 8),
        "list": in_rows(x, 24),
        "array": in_rows(x, 8, 3),
    },
    "reshape-open": lambda x, y: {
        "own": in_rows(x, 4, 6),
        "product": in_rows(x, 12, 2),
        "negative_place": in_rows(x, 3, 4, 2),
        "other": in_rows(x, 2, 4, 3),
        "whole": 2 * y,
        "less": in_rows(y, 5, 4, 1),
    },
    "flatten": lambda x, y: {
        "flat": in_rows(x, 24),
        "rows": in_rows(x, 4, 6),
        "rows_of_rows": y,
        "rows_of_vector": in_rows(y, 20, 1),
    },
    "permute_dimensions": permuted,
    "axes_of_one": ones_of_size,
    "joined": joined,
    "joined-of_dtypes": of_dtypes,
    "reverse": turned,
    "pattern_broadcast": lambda x: {"sum": np.column_stack([x[:, 0] + 1] * 3), "x": 2 * x},
    "shape": lambda x, y: {
        "x": np.array([4, 3, 2], "int32"),
        "part": np.array([3, 2], "int32"),
        "count": np.array(20, "int32"),
        "mean": np.sum(y) / 4,
    },
}
# the same, sizes unknown
FORMULAS.update((f"{label}-open", FORMULAS[label]) for label in ("flatten", "axes_of_one", "joined", "reverse"))
ORACLES = oracles_by_label([case for case in CASES if case.name != "arranging-known"], FORMULAS)
ORACLES["arranging-known"] = known
