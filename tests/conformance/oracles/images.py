"""Convolution by scipy.signal.correlate, pooling window by window; arrays are channels first here."""

from __future__ import annotations

import math

import numpy as np
from scipy import signal

from harness.worker.conformance.cases.images import CASES
from tests.conformance.oracles.inputs import oracles_of, weights

# label -> window, border mode, strides, dilation, as the cases have them
CONVOLUTIONS = {
    "odd-valid": ((3, 3), "valid", (1, 1), (1, 1)),
    "odd-valid-free_batch": ((3, 3), "valid", (1, 1), (1, 1)),
    "odd-same": ((3, 5), "same", (1, 1), (1, 1)),
    "odd-same-free_batch": ((3, 3), "same", (1, 1), (1, 1)),
    "even-valid": ((2, 4), "valid", (1, 1), (1, 1)),
    "even-same": ((2, 4), "same", (1, 1), (1, 1)),
    "one-valid": ((1, 1), "valid", (1, 1), (1, 1)),
    "odd-valid-strides": ((3, 3), "valid", (2, 3), (1, 1)),
    "odd-same-strides": ((3, 3), "same", (2, 2), (1, 1)),
    "even-same-strides": ((4, 2), "same", (2, 3), (1, 1)),
    "stride_above_window": ((2, 2), "same", (3, 3), (1, 1)),
    "odd-valid-dilation": ((3, 2), "valid", (1, 1), (2, 3)),
    "odd-same-dilation": ((3, 3), "same", (1, 1), (2, 2)),
}
POOLINGS = {
    "valid": ((2, 2), "valid", (2, 2)),
    "valid-free_batch": ((2, 2), "valid", (2, 2)),
    "same": ((2, 2), "same", (2, 2)),
    "overlapping": ((3, 3), "valid", (1, 2)),
    "overlapping-same": ((3, 2), "same", (1, 1)),
    "gaps": ((2, 2), "valid", (3, 3)),
    "ties": ((2, 2), "valid", (2, 2)),
    "behind_bias": ((2, 2), "same", (2, 2)),
    "behind_image": ((2, 2), "same", (2, 2)),
}


def borders(size: int, span: int, stride: int, mode: str) -> tuple[int, int]:
    """(before, after): how TensorFlow's guide to 'SAME' padding states it."""
    if mode == "valid":
        return 0, 0
    total = max(span - stride, 0) if size % stride == 0 else max(span - size % stride, 0)
    return total // 2, total - total // 2


def padded(x: np.ndarray, spans, strides, mode: str, value: float) -> np.ndarray:
    """Images with their borders."""
    rows, columns = (borders(n, k, s, mode) for n, k, s in zip(x.shape[2:], spans, strides, strict=True))
    return np.pad(x, ((0, 0), (0, 0), rows, columns), constant_values=value)


def convolved(x, kernel, mode, strides, dilation) -> np.ndarray:
    """Cross-correlation, summed over channels, thinned out by the strides."""
    spread = np.zeros((*kernel.shape[:2], *((k - 1) * d + 1 for k, d in zip(kernel.shape[2:], dilation, strict=True))))
    spread[:, :, :: dilation[0], :: dilation[1]] = kernel
    x = padded(x, spread.shape[2:], strides, mode, 0.0)
    maps = [[signal.correlate(image, filter_, mode="valid", method="direct")[0] for filter_ in spread] for image in x]
    return np.array(maps)[:, :, :: strides[0], :: strides[1]]


def windows(x: np.ndarray, size, mode: str, strides) -> np.ndarray:
    """(batch, channels, rows, columns, window): the elements of each window, nan for padding."""
    x = padded(x, size, strides, mode, math.nan)
    places = [range(0, n - k + 1, s) for n, k, s in zip(x.shape[2:], size, strides, strict=True)]
    return np.stack(
        [
            np.stack([x[:, :, i : i + size[0], j : j + size[1]].reshape(*x.shape[:2], -1) for j in places[1]], axis=2)
            for i in places[0]
        ],
        axis=2,
    )


def to_first_largest(x: np.ndarray, cotangent: np.ndarray) -> np.ndarray:
    """Gradient of maximum pooling of 2 x 2 windows that do not overlap."""
    gradient = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*cotangent.shape):
        place = int(np.argmax(x[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]))
        gradient[n, c, 2 * i + place // 2, 2 * j + place % 2] += cotangent[n, c, i, j]
    return gradient


def first(x: np.ndarray, ordering: str) -> np.ndarray:
    """Images with channels first."""
    return x if ordering == "th" else x.transpose(0, 3, 1, 2)


def given(x: np.ndarray, ordering: str) -> np.ndarray:
    """Images with channels first, in the layout `ordering`."""
    return x if ordering == "th" else x.transpose(0, 2, 3, 1)


def of_case(name: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
    """The results of a case."""
    special = {"images-two_batches": two_batches, "images-bias_of_many_rows": bias_of_many_rows}
    return special[name](**inputs) if name in special else of_one(name, **inputs)


def two_batches(x: np.ndarray, kernel: np.ndarray, other: np.ndarray) -> dict[str, np.ndarray]:
    """Two convolutions with the same kernels."""
    results = {"x": x, "y": other}
    return {f"value/{label}": convolved(each, kernel, "valid", (1, 1), (1, 1)) for label, each in results.items()}


def bias_of_many_rows(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> dict[str, np.ndarray]:
    """One number times the images, and a bias for each of their elements."""
    return {"value/y": x.reshape(len(x), -1) * kernel.item() + bias}


def of_one(
    name: str, x: np.ndarray, kernel: np.ndarray | None = None, bias: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """The results of a case with one batch of images."""
    _, kind, *rest, ordering = name.split("-")
    label = "-".join(rest)
    images = first(x if bias is None else np.maximum(x + bias, 0.0), ordering)
    if kernel is not None:
        kernel = kernel if ordering == "th" else kernel.transpose(3, 2, 0, 1)
        size, mode, strides, dilation = CONVOLUTIONS[label]
        assert kernel.shape[2:] == size
        return {"value/y": given(convolved(images, kernel, mode, strides, dilation), ordering)}
    reduce = np.nanmax if kind == "max_pooling" else np.nanmean
    pooled = given(reduce(windows(images, *POOLINGS[label]), axis=-1), ordering)
    if label != "ties":
        return {"value/y": pooled}
    cotangent = first(weights(pooled.shape), ordering)
    return {"value/y": pooled, "gradient/x": given(to_first_largest(images, cotangent), ordering)}


ORACLES = oracles_of(CASES, of_case)
