"""What functions return and leave behind, by hand."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.functions import BODIES, A, B
from harness.worker.conformance.forms import as_input, draw
from tests.conformance.oracles.draws import true

b = as_input(B, "float64")


def arguments():
    """Floats as the case gives them: in float64, in float32, in float64 turned around."""
    results = true("list_0", "list_1", "list_2")
    calls = (
        (A, 2.0, [2, 3, 4]),
        (A.astype("float32").astype("float64"), 0.5, [1, 2, 3]),
        (A[::-1, ::-1], 3.0, [1, 1, 1]),
    )
    for place, (x, factor, following) in enumerate(calls):
        results[f"value/product_{place}"] = x * factor
        results[f"value/sum_{place}"] = x.sum()
        results[f"value/next_{place}"] = np.array(following, "int32")
    return results


def outputs():
    values = (2 * b, b, B, 2 * b, np.float64(4.0))
    results = {f"value/{place}": value for place, value in enumerate(values)}
    return results | {"value/variable_after": B, "value/third": 2 * b} | true("nothing")


def updates():
    """Variables hold their first values unrounded."""
    a, other, c, n, mean, twice = (draw(3, seed=612 + place) for place in range(6))
    count, results = 3, {}
    for call in range(2):
        results[f"value/total_{call}"], results[f"value/before_{call}"] = a + other, twice
        a, other, c, n = other, other + a, c - b, np.full(3, 2.5)
        mean, twice, count = 0.9 * mean + 0.1 * b, twice + 1, count + 2
        held = {"a": a, "b": other, "c": c, "n": n, "mean": mean, "twice": twice, "count": np.array(count, "int32")}
        results |= {f"update/{name}_{call}": value for name, value in held.items()}
    return results


def update_dtypes():
    """2.9 and 3.9 without their fractions; what was whole before; a tenth to the last digit."""
    return {
        "update/0": np.array([2, 3], "int32"),
        "update/1": np.array([1.0, 2.0]),
        "update/2": np.array([0.1]),
    }


def several_sizes():
    results, total = {}, np.zeros(3)
    for size in (2, 5, 1, 2):
        batch = as_input(draw(size, 3, seed=620 + size), "float64")
        results[f"value/mean_of_{size}"] = batch.mean(axis=0)
        total += batch.sum(axis=0)
    return results | {"update/total": total}


def printed():
    values = {"value/loss": np.float64(75.0), "value/plain": np.array([6.0, 8.0]), "gradient/x": np.array([18.0, 24.0])}
    return values | true("marked", "values", "without_message", "evaluated")


def wrong_feeds():
    sizes = ("too_few_axes", "wrong_size", "wrong_size_of_other")
    kinds = ("no_list", "strings", "ragged", "nothing", "tensor")
    return true("too_few", "too_many", *sizes, *kinds) | {"update/v": np.array([1.0])}


def open_sizes():
    return true("added", "reshaped", "squeezed") | {"value/after": np.full((5, 3), 2.0)}


# The oracle of a body has its name.
ORACLES = {"functions-" + body.__name__: globals()[body.__name__] for body in BODIES}
