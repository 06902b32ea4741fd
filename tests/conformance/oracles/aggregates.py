"""Reductions by functions of the standard library, over lists of the elements that are reduced."""

from __future__ import annotations

import math
import statistics

import numpy as np

from harness.worker.conformance.cases.aggregates import CASES
from tests.conformance.oracles.inputs import oracles_by_label, weights

FUNCTIONS = {
    "max": max,
    "min": min,
    "sum": sum,
    "prod": math.prod,
    "mean": statistics.fmean,
    "std": statistics.pstdev,
    "var": statistics.pvariance,
    "any": any,
    "all": all,
}
# label -> axes, and whether they are kept
AXES = {
    "everything": ((0, 1, 2), False),
    "one": ((1,), False),
    "negative": ((2,), False),
    "several": ((0, 2), False),
    "pair": ((1, 2), False),
    "none": ((), False),
    "everything_kept": ((0, 1, 2), True),
    "kept": ((1,), True),
    "several_kept": ((0, 2), True),
}


def reduced(name, x, axes, kept=False):
    """A function of the elements along `axes`."""
    places = [range(1) if axis in axes else range(size) for axis, size in enumerate(x.shape)]
    whole = np.empty([len(place) for place in places], object)
    for place in np.ndindex(*whole.shape):
        items = x[tuple(slice(None) if axis in axes else index for axis, index in enumerate(place))]
        whole[place] = FUNCTIONS[name](np.ravel(items).tolist())
    whole = whole.astype(bool if name in ("any", "all") else "float64")
    return whole if kept else whole.reshape([n for axis, n in enumerate(x.shape) if axis not in axes])


def of_all_axes(name):
    return lambda x: {label: reduced(name, x, *rest) for label, rest in AXES.items()}


def over_open(names):
    def results(x):
        return {
            name + label: reduced(name, x, *rest)
            for name in names
            for label, rest in {"": ((0,),), "_beside": ((1,), True), "_of_everything": ((0, 1),)}.items()
        }

    return results


def of_integers(x):
    means = {name: reduced(name, x, (1,)) for name in ("mean", "std", "var", "any", "all")}
    totals = {name: reduced(name, x, (1,)) for name in ("max", "min", "sum", "prod")}
    return means | {
        name: (value % 256 if x.dtype == "uint8" else value).astype(x.dtype) for name, value in totals.items()
    }


def of_bools(x):
    """Rows true, false, true and true, true, true."""
    return {
        "sum": np.array([2, 3], "int32"),
        "prod": np.array([0, 1], "int32"),
        "mean": np.array([2 / 3, 1.0]),
        "any": np.array([True, True]),
        "all": np.array([False, True]),
        "max": np.array([True, True]),
        "min": np.array([False, True]),
    }


def place(choose, x, axis):
    """Where the first of the chosen elements is."""
    rows = np.moveaxis(x, axis, -1)
    found = [row.index(choose(row)) for row in rows.reshape(-1, rows.shape[-1]).tolist()]
    return np.array(found, "int64").reshape(rows.shape[:-1])


def places(x):
    return {
        "largest": place(max, x, 2),
        "smallest": place(min, x, 2),
        "largest_first": place(max, x, 0),
        "smallest_first": place(min, x, 0),
        "smallest_middle": place(min, x, 1),
        "largest_middle": place(max, x, 1),
    }


def even(x):
    """Of x - mean, through the root; the row without deviation has no gradient."""
    deviation = np.array([statistics.pstdev(row) for row in x])
    apart = x - x.mean(axis=1, keepdims=True)
    gradients = np.divide(apart, 3 * deviation[:, None], out=np.zeros_like(x), where=deviation[:, None] > 0)
    return {"y": deviation, "gradient/x": weights((2,))[:, None] * gradients}


def ties(x):
    """The smallest of 1, 3, 1, 3 shares between two, that of 2, 2, 2, 2 among four."""
    shares = np.array([[0.5, 0, 0.5, 0], [0.25] * 4])
    return {"y": np.array([1.0, 2.0]), "gradient/x": weights((2,))[:, None] * shares}


def of_least(**given):
    results = {f"argmin_{name}": place(min, x, 0) for name, x in given.items()}
    results |= {f"min_{name}": x[1] if name != "uint8" else x[2] for name, x in given.items()}
    return results | {f"argmax_{name}": place(max, x, 0) for name, x in given.items()}


FORMULAS = {f"{name}-axes": of_all_axes(name) for name in FUNCTIONS}
FORMULAS.update(
    {
        "open_batch": over_open([name for name in FUNCTIONS if name not in ("any", "all")]),
        "open_batch-truths": over_open(["any", "all"]),
        "integers": of_integers,
        "bytes": of_integers,
        "bools": of_bools,
        "prod-zeros": lambda x: {"y": np.array([0.0, 0.0, -3.0]), "all": np.array(0.0)},
        "std-even": even,
        "min-ties": ties,
        "places": places,
        "places-open": places,
        "places-ties": lambda x: {"y": np.array([0, 0]), "first": np.array([0, 1, 0, 1])},
        "places-bools": lambda x: {"y": np.array([1, 0]), "z": np.array([0, 0])},
        "places-least": of_least,
        "places-bytes": of_least,
    }
)
ORACLES = oracles_by_label(CASES, FORMULAS)
