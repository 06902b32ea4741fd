"""Reductions, by loops over the elements of the result."""

from __future__ import annotations

import math

import numpy as np

from harness.worker.conformance.cases.reductions import AXES, CASES
from tests.conformance.oracles.inputs import oracles_of, weights

FORMULAS = {"sum": sum, "mean": lambda items: math.fsum(items) / len(items), "max": max, "min": min}
OTHER_AXES = {"keepdims": (1,), "free_batch": (0,), "ties": (1,), "ties_of_all": (0, 1), "int32": (1,)}


def reduced(formula, x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """`formula` of the elements along `axes`, these kept with size 1."""
    shape = tuple(1 if axis in axes else size for axis, size in enumerate(x.shape))
    result = np.empty(shape, x.dtype)
    for place in np.ndindex(*shape):
        items = x[tuple(slice(None) if axis in axes else index for axis, index in enumerate(place))]
        result[place] = formula([item.item() for item in items.ravel()])
    return result


def first_largest(row: list[float]) -> int:
    return row.index(max(row))


def of_case(name: str, x: np.ndarray) -> dict[str, np.ndarray]:
    """The results of a case."""
    _, kind, label = name.split("-")
    if kind == "argmax":
        axis = 0 if label == "first" else x.ndim - 1
        rows = np.moveaxis(x, axis, -1)
        found = [first_largest(row.tolist()) for row in rows.reshape(-1, rows.shape[-1])]
        return {"value/y": np.array(found, "int64").reshape(rows.shape[:-1])}
    axes = AXES.get(label) or OTHER_AXES[label]
    kept = reduced(FORMULAS[kind], x, axes)
    value = kept if label == "keepdims" else kept.reshape([n for a, n in enumerate(x.shape) if a not in axes])
    if not label.startswith("ties"):
        return {"value/y": value}
    ties = (x == kept).astype("float64")
    shared = ties / ties.sum(axis=axes, keepdims=True) * weights(value.shape).reshape(kept.shape)
    return {"value/y": value, "gradient/x": shared}


ORACLES = oracles_of(CASES, of_case)
