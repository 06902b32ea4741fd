"""Products as Einstein sums, rows one by one."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.products import CASES
from tests.conformance.oracles.inputs import oracles_by_label

BATCH_DOTS = {
    "2d_2d": "ba,ba->b",
    "2d_2d-int": "ba,ba->b",
    "2d_3d": "ba,bac->bc",
    "2d_3d-pair": "ba,bca->bc",
    "3d_2d": "bca,ba->bc",
    "3d_2d-list": "bac,ba->bc",
    "3d_3d": "bca,bad->bcd",
    "3d_3d-int": "bca,bda->bcd",
    "3d_3d-first": "bac,bad->bcd",
    "4d_3d": "bcda,bae->bcde",
    "4d_3d-middle": "bcad,bea->bcde",
    "4d_4d": "bcda,baef->bcdef",
    "4d_4d-free": "bcad,beaf->bcdef",
    "of_the_documentation": "ba,bca->bc",
}


def batch_dot(subscripts):
    """The sum of each sample; one number a sample stands in a column."""

    def results(x, y):
        z = np.einsum(subscripts, x, y)
        return {"z": z[:, None] if z.ndim == 1 else z}

    return results


def dots(x, y, z):
    return {
        "2d_2d": np.array([[row @ column for column in y.T] for row in x]),
        "2d_3d": np.einsum("ab,cbd->acd", x, z),
        "3d_2d": np.einsum("ab,cbd,ed->ace", x, z, y),
    }


def rows(reference, words, pairs, bytes_):
    return {
        "one": np.array([reference[4], reference[0], reference[4]]),
        "two": np.array([[reference[0], reference[3]], [reference[3], reference[1]]]),
        "three": np.array([reference[2], reference[1]]),
    }


FORMULAS = {f"batch_dot-{label}": batch_dot(subscripts) for label, subscripts in BATCH_DOTS.items()}
FORMULAS.update(
    {
        "dot": dots,
        "dot-of_two_float_types": lambda x, y: {"z": np.einsum("ab,bc->ac", x.astype("float64"), y)},
        "transpose": lambda x, y: {"x": np.einsum("ab->ba", x), "y": np.einsum("abc->cba", y)},
        "gather": rows,
        "gather-of_integers": lambda reference, indices: {"y": np.array([[4, 5], [0, 1], [4, 5]], "int32")},
    }
)
ORACLES = oracles_by_label(CASES, FORMULAS)
