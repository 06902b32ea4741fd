"""K's convolutions and poolings from their definitions, place by place, for any number of axes; channels first here."""

from __future__ import annotations

import math

import numpy as np

from harness.worker.conformance.cases.convolution import CASES, IMAGES, SPECIFICATIONS, kernels
from tests.conformance.oracles.inputs import oracles_of, weights


def first(x: np.ndarray, ordering: str) -> np.ndarray:
    """Images or volumes with channels first."""
    return x if ordering == "th" else np.moveaxis(x, -1, 1)


def given(x: np.ndarray, ordering: str) -> np.ndarray:
    """The same in the layout `ordering`."""
    return x if ordering == "th" else np.moveaxis(x, 1, -1)


def kernel_first(kernel: np.ndarray, ordering: str) -> np.ndarray:
    """Kernels as (out, in, ...)."""
    return kernel if ordering == "th" else np.moveaxis(kernel, (-1, -2), (0, 1))


def borders(size: int, span: int, stride: int, mode: str) -> tuple[int, int]:
    """(before, after): how TensorFlow's guide to 'SAME' padding states it; 'full' lets one element in at least."""
    if mode != "same":
        return (span - 1, span - 1) if mode == "full" else (0, 0)
    total = max(span - stride, 0) if size % stride == 0 else max(span - size % stride, 0)
    return total // 2, total - total // 2


def places(x, spans, strides, mode, value):
    """(x in its borders, for each axis of space where windows begin)."""
    around = [borders(*axis, mode) for axis in zip(x.shape[2:], spans, strides, strict=True)]
    x = np.pad(x, [(0, 0), (0, 0), *around], constant_values=value)
    return x, [range(0, n - span + 1, s) for n, span, s in zip(x.shape[2:], spans, strides, strict=True)]


def convolved(x, kernel, mode="valid", strides=None, dilation=None) -> np.ndarray:
    """The sum of products of each window with the kernel."""
    axes = kernel.ndim - 2
    strides, dilation = strides or (1,) * axes, dilation or (1,) * axes
    spans = [(size - 1) * gap + 1 for size, gap in zip(kernel.shape[2:], dilation, strict=True)]
    x, begins = places(x, spans, strides, mode, 0.0)
    result = np.zeros((len(x), len(kernel), *map(len, begins)))
    for place in np.ndindex(*result.shape[2:]):
        starts = [begin[at] for begin, at in zip(begins, place, strict=True)]
        window = [slice(s, s + span, gap) for s, span, gap in zip(starts, spans, dilation, strict=True)]
        result[(..., *place)] = np.tensordot(x[(..., *window)], kernel, axes=[range(1, axes + 2)] * 2)
    return result


def transposed(x, kernel, sizes, mode, strides) -> np.ndarray:
    """Each element of x times the kernel, added where a convolution of images of `sizes` would have read it."""
    spans = kernel.shape[2:]
    around = [borders(*axis, mode) for axis in zip(sizes, spans, strides, strict=True)]
    whole = [size + before + after for size, (before, after) in zip(sizes, around, strict=True)]
    result = np.zeros((len(x), len(kernel), *whole))
    for row, column in np.ndindex(*x.shape[2:]):
        rows, columns = (slice(at * s, at * s + k) for at, s, k in zip((row, column), strides, spans, strict=True))
        result[:, :, rows, columns] += np.einsum("bc,ocij->boij", x[:, :, row, column], kernel)
    inner = [slice(before, before + size) for size, (before, _) in zip(sizes, around, strict=True)]
    return result[(..., *inner)]


def separated(x, depthwise, pointwise, **arguments) -> np.ndarray:
    """Each channel by its own kernels, then all of them place by place."""
    depths = [
        convolved(x[:, [channel]], depthwise[[number]][:, [channel]], **arguments)
        for channel in range(x.shape[1])
        for number in range(len(depthwise))
    ]
    return convolved(np.concatenate(depths, axis=1), pointwise)


def pooled(x, pool_size, pool_mode, mode="valid", strides=None) -> np.ndarray:
    """The largest or the mean of each window's real elements."""
    reduce = np.nanmax if pool_mode == "max" else np.nanmean
    x, begins = places(x, pool_size, strides or (1,) * len(pool_size), mode, math.nan)
    result = np.zeros((*x.shape[:2], *map(len, begins)))
    for place in np.ndindex(*result.shape[2:]):
        starts = [begin[at] for begin, at in zip(begins, place, strict=True)]
        window = [slice(s, s + size) for s, size in zip(starts, pool_size, strict=True)]
        result[(..., *place)] = reduce(x[(..., *window)], axis=tuple(range(2, x.ndim)))
    return result


def to_first_largest(x: np.ndarray, cotangent: np.ndarray) -> np.ndarray:
    """Gradient of maximum pooling of windows of 2 x 2 x 2 that do not overlap."""
    gradient = np.zeros_like(x)
    for at in np.ndindex(*cotangent.shape):
        window = (*at[:2], *(slice(2 * place, 2 * place + 2) for place in at[2:]))
        best = np.unravel_index(np.argmax(x[window]), (2, 2, 2))
        gradient[window][best] += cotangent[at]
    return gradient


def of_images(function: str, x, weights_: list[np.ndarray], arguments: dict) -> np.ndarray:
    """What a function of K gives for channels first."""
    mode = arguments.get("border_mode", "valid")
    strides = arguments.get("strides")
    if function.startswith("pool"):
        return pooled(x, arguments["pool_size"], arguments["pool_mode"], mode, strides)
    if function == "separable_conv2d":
        return separated(x, *weights_, mode=mode, strides=strides)
    if function == "deconv2d":
        shape = arguments["output_shape"]
        sizes = shape[2:] if arguments["dim_ordering"] == "th" else shape[1:3]
        return transposed(x, *weights_, sizes, mode, strides or (1, 1))
    rate = arguments.get("rate")
    return convolved(x, *weights_, mode, strides, (rate, rate) if rate else arguments.get("filter_dilation"))


def of_case(name: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
    """The results of a case."""
    function, arguments = name.split("-")[1], SPECIFICATIONS[name]
    x, *others = inputs.values()
    if function == "conv1d":
        mode, strides = arguments.get("border_mode", "valid"), (arguments.get("stride", 1),)
        return {
            "value/y": np.moveaxis(convolved(np.moveaxis(x, -1, 1), others[0].transpose(2, 1, 0), mode, strides), 1, -1)
        }
    ordering = arguments["dim_ordering"]
    images = first(x, ordering)
    found = of_images(function, images, [kernel_first(other, ordering) for other in others], arguments)
    results = {"value/y": given(found, ordering)}
    if "ties" in name:
        results["gradient/x"] = to_first_largest(images, weights(found.shape))
    return results


def default_layout() -> dict[str, np.ndarray]:
    """A convolution and a pooling of windows of 2 x 2 in both layouts."""
    found = convolved(IMAGES, kernels(4, 3, (2, 3), "th", 503))
    results = {"conv2d": found, "pool2d": pooled(found, (2, 2), "max")}
    return {f"value/{name}_{order}": given(y, order) for name, y in results.items() for order in ("th", "tf")}


DEFAULT_LAYOUT, *OF_ONE_FUNCTION = CASES
ORACLES = {DEFAULT_LAYOUT.name: default_layout, **oracles_of(OF_ONE_FUNCTION, of_case)}
