"""Products, shapes, slices and joins: NumPy's own functions, which are the definition."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.shaping import CASES
from tests.conformance.oracles.inputs import oracles_of

SHAPES = {
    "transpose-2d": lambda x: np.array([[x[i, j] for i in range(6)] for j in range(3)]),
    "transpose-3d": lambda x: np.einsum("abc->cab", x),
    "transpose-free_batch": lambda x: np.einsum("abc->bac", x),
    "reshape": lambda x: np.array(x.ravel().tolist()).reshape(6, 10),
    "reshape-rest": lambda x: x.ravel().reshape(2, 10, 3),
    "reshape-free_batch": lambda x: np.array([item.ravel() for item in x]),
    "reshape-to_scalar": lambda x: np.array(x[0, 0]),
    "expand_dims-first": lambda x: np.array([x]),
    "expand_dims-last": lambda x: np.stack([x], axis=3),
    "squeeze": lambda x: np.array([item[0] for item in x]),
    "slice-range": lambda x: x[1:3, :, 0:4],
    "slice-index": lambda x: x[1],
    "slice-negative_index": lambda x: x[:, 2],
    "slice-step": lambda x: np.stack([x[0], x[2]])[:, :, [1, 4]],
    "slice-backwards": lambda x: x[:, [2, 1, 0]],
    "slice-beyond_the_end": lambda x: x[[2, 3]][:, :, [3, 4]],
    "slice-to_scalar": lambda x: x[3, 0, 3],
    "slice-free_batch": lambda x: np.array([item[1, 1:4] for item in x]),
}
PRODUCTS = {"2d_2d": "ab,bc->ac", "3d_2d": "abc,cd->abd", "2d_3d": "ab,cbd->acd", "3d_3d": "abc,dce->abde"}


def of_case(name: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
    """The results of a case."""
    _, kind, *rest = name.split("-")
    if kind == "dot":
        return {"value/z": np.einsum(PRODUCTS[rest[0]], inputs["x"], inputs["y"])}
    if kind == "concatenate":
        join = np.vstack if rest[0] == "first" else np.hstack
        return {"value/z": join([inputs["x"], inputs["y"], inputs["x"]])}
    if kind == "gather":
        rows = [inputs["reference"][index] for index in inputs["indices"].ravel()]
        return {"value/y": np.array(rows).reshape((*inputs["indices"].shape, 3))}
    if name == "shaping-fill":
        return {"value/float": np.array([[1.5] * 3] * 2, "float32"), "value/integer": np.array([7] * 4, "int32")}
    if name == "shaping-fill-like":
        return {"value/y": np.array([[[-0.5] * 5] * 2] * 4)}
    return {"value/y": SHAPES["-".join([kind, *rest])](inputs["x"])}


ORACLES = oracles_of(CASES, of_case)
