"""The same with Python's own numbers, by NumPy."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.numpy_scalars import CASES, X
from tests.conformance.oracles.convolution import convolved, first, given, kernel_first
from tests.conformance.oracles.inputs import oracles_by_label


def axes(x):
    return {
        "sum": x.sum(1),
        "mean": x.mean((0, 2), keepdims=True),
        "std": x.std((1, 2)),
        "argmax": x.argmax(1),
        "squeeze": x,
        "joined": np.concatenate([x, x], 1),
        "turned": x[::-1, :, ::-1],
        "permuted": x.transpose(2, 0, 1),
        "lengths": x / np.sqrt((x * x).sum(2, keepdims=True)),
        "product": np.einsum("bik,bjk->bij", x, x),
    }


def numbers(x):
    best = x.argmax(1)
    return {
        "reshaped": x.reshape(4, 6),
        "repeated": x.repeat(2, 1),
        "tiled": np.tile(x, (1, 2, 1)),
        "range": np.array([1, 3, 5], "int64"),
        "clipped": np.clip(x, -0.5, 0.25),
        "relu": np.minimum(np.where(x > 0, x, 0.5 * x), 0.75),
        "elu": np.where(x > 0, x, 0.5 * np.expm1(x)),
        "power": (np.abs(x) + 1) ** 2,
        "index": x[1, ::2, -1],
        "cast": (3 * x).astype("int32"),
        "hot": np.eye(4)[best],
        "top": np.array([(row > row[at]).sum() < 2 for row, at in zip(x[0], x[1].argmax(1), strict=True)]),
    }


def windows(x, kernel):
    images, kernel = first(x, "tf"), kernel_first(kernel, "tf")
    pooled = images[:, :, :6, :4].reshape(2, 2, 3, 2, 2, 2).max((3, 5))
    return {
        "convolved": given(convolved(images, kernel, "same", (2, 1)), "tf"),
        "pooled": given(pooled, "tf"),
        "padded": np.pad(x, [(0, 0), (1, 1), (0, 0), (0, 0)]),
        "resized": x.repeat(2, 1),
    }


def made():
    return {
        "value/zeros": np.zeros((2, 3), "int32"),
        "value/eye": np.eye(2),
        "value/drawn": np.array([True, True, True]),
        "value/total": X[0, :2, :3].astype("float32").astype("float64").sum(0),
    }


ORACLES = {
    **oracles_by_label(CASES[:3], {"axes": axes, "numbers": numbers, "windows": windows}),
    "numpy_scalars-made": made,
}
