"""Convolution and pooling over the two spatial axes of images, channels first inside CNTK.

Symmetric padding is left to CNTK, which keeps its MKL kernels; other padding is added beforehand, since CNTK aligns it
differently from the primitives and leaves MKL for it.
"""

import cntk as C
import numpy as np

from harness.backends.engines.cntk.native import Native
from harness.backends.graph.shape_rules import same_padding, window_output


def _channels_first(node, dim_ordering):
    """Images without their batch axis, (channels, height, width)."""
    return node if dim_ordering == "th" else C.transpose(node, (2, 0, 1))


def _as_given(node, dim_ordering):
    return node if dim_ordering == "th" else C.transpose(node, (1, 2, 0))


def _images(x, result, channels, sizes, dim_ordering):
    """The native of images (channels, height, width)."""
    rest = (channels,) + sizes if dim_ordering == "th" else sizes + (channels,)
    return Native((x.shape[0],) + rest, "batch", _as_given(result, dim_ordering))


class Borders(object):
    """The padding of a window operation: what CNTK adds by itself, and what is added before it."""

    def __init__(self, spatial, window, strides, border_mode, dilation=(1, 1)):
        each = list(zip(spatial, window, strides, dilation))
        self.sizes = tuple(window_output(n, k, s, border_mode, d) for n, k, s, d in each)
        self.amounts = [same_padding(*axis) if border_mode == "same" else (0, 0) for axis in each]
        spans = [(k - 1) * d + 1 for _, k, _, d in each]
        self.native = all(
            stride == 1 and before == after == span // 2
            for (before, after), span, stride in zip(self.amounts, spans, strides)
        )
        self.native = self.native and border_mode == "same" and all(span % 2 for span in spans)

    @property
    def automatic(self):
        """CNTK's auto_padding over (channels, height, width)."""
        return [False, self.native, self.native]

    def added(self, engine, batch, node, value):
        """The images with the padding that CNTK does not add."""
        if self.native or self.amounts == [(0, 0), (0, 0)]:
            return node
        engine.work.rows(batch * node.shape[0] * node.shape[1])
        return C.pad(node, [(0, 0)] + self.amounts, constant_value=value)


def _convolution(engine, operation, x, kernel):
    at = operation.attributes
    ordering = at["dim_ordering"]
    weights = kernel.static if ordering == "th" else C.transpose(kernel.static, (3, 2, 0, 1))
    filters, channels, rows, columns = weights.shape
    images = _channels_first(x.batch, ordering)
    borders = Borders(images.shape[1:], (rows, columns), at["strides"], at["border_mode"], at["dilation"])
    result = C.convolution(
        _dilated(weights, at["dilation"]),
        borders.added(engine, x.shape[0], images, 0.0),
        strides=(channels,) + tuple(at["strides"]),
        auto_padding=borders.automatic,
    )
    return _images(x, result, filters, borders.sizes, ordering)


def _depthwise(engine, operation, x, kernel):
    """Composite: CNTK's groups of channels, of one each."""
    at = operation.attributes
    first = kernel.static if at["dim_ordering"] == "th" else C.transpose(kernel.static, (3, 2, 0, 1))
    multiplier, channels, rows, columns = first.shape
    weights = C.reshape(C.transpose(first, (1, 0, 2, 3)), (channels * multiplier, 1, rows, columns))
    images = _channels_first(x.batch, at["dim_ordering"])
    if at["border_mode"] == "full":
        images = C.pad(images, [(0, 0), (rows - 1, rows - 1), (columns - 1, columns - 1)], constant_value=0.0)
    mode = "same" if at["border_mode"] == "same" else "valid"
    borders = Borders(images.shape[1:], (rows, columns), at["strides"], mode)
    result = C.convolution(
        weights,
        borders.added(engine, x.shape[0], images, 0.0),
        strides=tuple(at["strides"]),
        auto_padding=borders.automatic,
        groups=channels,
    )
    return _images(x, result, channels * multiplier, borders.sizes, at["dim_ordering"])


def _dilated(weights, dilation):
    """Kernels with zeros between their elements: CNTK has no dilated convolution on the CPU.

    An infinity or a nan that meets one of the zeros makes nan. Cut out of the images, what the elements meet takes 9 to
    30 times as long.
    """
    if tuple(dilation) == (1, 1):
        return weights
    filters, channels, rows, columns = weights.shape
    height, width = ((size - 1) * gap + 1 for size, gap in zip((rows, columns), dilation))
    places = np.zeros((rows, columns, height, width), dtype=weights.dtype)
    for row in range(rows):
        for column in range(columns):
            places[row, column, row * dilation[0], column * dilation[1]] = 1
    flat = C.reshape(weights, (filters * channels, rows * columns))
    spread = C.times(flat, C.constant(places.reshape(rows * columns, height * width)))
    return C.reshape(spread, (filters, channels, height, width))


def _pooling(engine, operation, x):
    at = operation.attributes
    images = _channels_first(x.batch, at["dim_ordering"])
    borders = Borders(images.shape[1:], at["pool_size"], at["strides"], at["border_mode"])
    pool = _largest if at["pool_mode"] == "max" else _average
    padded = borders.added(engine, x.shape[0], images, -float("inf") if pool is _largest else 0.0)
    result = pool(images, padded, borders, tuple(at["pool_size"]), tuple(at["strides"]))
    return _images(x, result, images.shape[0], borders.sizes, at["dim_ordering"])


def _largest(images, padded, borders, window, strides):
    """CNTK passes over nan."""
    return C.pooling(padded, C.MAX_POOLING, window, strides, auto_padding=borders.automatic[1:])


def _average(images, padded, borders, window, strides):
    """The mean of the real elements; with padding of our own, CNTK's mean is scaled by window size / real elements."""
    mean = C.pooling(padded, C.AVG_POOLING, window, strides, auto_padding=borders.automatic[1:])
    if padded is images:
        return mean
    real = [_counts(*axis) for axis in zip(images.shape[1:], borders.amounts, borders.sizes, window, strides)]
    scale = window[0] * window[1] / np.outer(*real)
    return C.element_times(mean, C.constant(scale.astype(images.dtype)[np.newaxis]))


def _counts(size, amounts, places, window, stride):
    """How many real elements each window has along one axis."""
    starts = np.arange(places) * stride - amounts[0]
    return np.minimum(starts + window, size) - np.maximum(starts, 0)


LOWERINGS = {"convolution": _convolution, "depthwise_conv2d": _depthwise, "pooling": _pooling}
