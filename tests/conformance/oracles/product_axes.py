"""Products as Einstein sums, their subscripts made from the axes."""

from __future__ import annotations

import itertools

import numpy as np

from harness.worker.conformance.cases.product_axes import CASES, DOTS, MATRICES, RANKS, SEVERAL, pairs
from tests.conformance.oracles.inputs import oracles_by_label

# Of two matrices: the axis that is not summed is the batch.
OF_MATRICES = {
    "int_0": "ka,ka->a",
    "pair_0_0": "ka,ka->a",
    "pair_0_1": "ka,ak->a",
    "pair_1_0": "ak,ka->a",
    "list_1_1": "ak,ak->a",
    "negative": "ka,ka->a",
    "last_with_first": "ak,ka->a",
}


def subscripts(x_rank: int, y_rank: int, axes: tuple) -> str:
    """z is the batch; the summed axes are k, l, ...; the others a, b, ... of x and p, q, ... of y."""
    of_x, of_y = (list(each) if isinstance(each, (list, tuple)) else [each] for each in axes)
    x = "z" + "".join("klm"[of_x.index(axis)] if axis in of_x else "abcd"[axis] for axis in range(1, x_rank))
    y = "z" + "".join("klm"[of_y.index(axis)] if axis in of_y else "pqrs"[axis] for axis in range(1, y_rank))
    return f"{x},{y}->z" + "".join(letter for letter in x[1:] + y[1:] if letter not in "klm")


def summed(formula: str):
    """The sum of each sample; one number a sample stands in a column."""

    def results(x, y):
        z = np.einsum(formula, x, y)
        return {"z": z[:, None] if z.ndim == 1 else z}

    return results


def every_pair(x_rank: int, y_rank: int):
    """The sum over each axis of x and each of y."""

    def results(x, y):
        return {f"{i}_{j}": summed(subscripts(x_rank, y_rank, (i, j)))(x, y)["z"] for i, j in pairs(x_rank, y_rank)}

    return results


FORMULAS = {
    f"batch_dot-{label}": summed(subscripts(len(x_shape), len(y_shape), axes))
    for label, (x_shape, y_shape, axes, _) in SEVERAL.items()
}
FORMULAS.update(
    (f"batch_dot-{x_rank}d_{y_rank}d", every_pair(x_rank, y_rank))
    for x_rank, y_rank in itertools.product(RANKS, repeat=2)
)
assert set(OF_MATRICES) == set(MATRICES)
FORMULAS.update((f"batch_dot-{label}", summed(formula)) for label, formula in OF_MATRICES.items())
FORMULAS.update((f"dot-{label}", lambda x, y: {"z": np.dot(x, y)}) for label in DOTS)
ORACLES = oracles_by_label(CASES, FORMULAS)
