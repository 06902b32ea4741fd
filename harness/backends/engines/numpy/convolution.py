"""Convolution and pooling over sliding windows in NumPy, forward and backward, channels last.

Arrays are (batch, height, width, channels), kernels (rows, columns, in, out); `as_last` and `as_given` bring
channels-first arrays here and back.
"""

import numpy as np

from harness.backends.graph.shape_rules import same_padding, window_output


def as_last(x, dim_ordering):
    """Images with channels last."""
    return x.transpose(0, 2, 3, 1) if dim_ordering == "th" else x


def as_given(x, dim_ordering):
    """Images with channels last, in the layout `dim_ordering`."""
    return x.transpose(0, 3, 1, 2) if dim_ordering == "th" else x


def kernel_as_last(kernel, dim_ordering):
    """A kernel as (rows, columns, in, out)."""
    return kernel.transpose(2, 3, 1, 0) if dim_ordering == "th" else kernel


def kernel_as_given(kernel, dim_ordering):
    """A kernel (rows, columns, in, out) in the layout `dim_ordering`."""
    return kernel.transpose(3, 2, 0, 1) if dim_ordering == "th" else kernel


class Windows(object):
    """The sliding windows of images of one shape: where they lie, and the walks over their elements."""

    def __init__(self, shape, window, strides, border_mode, dilation=(1, 1)):
        self.shape, self.window, self.strides, self.dilation = shape, window, strides, dilation
        spatial = list(zip(shape[1:3], window, strides, dilation))
        self.sizes = tuple(window_output(n, k, s, border_mode, d) for n, k, s, d in spatial)
        same = border_mode == "same"
        self.padding = [same_padding(*each) if same else (0, 0) for each in spatial]

    def pad(self, x, value):
        """x with the border that `border_mode` asks for."""
        if self.padding == [(0, 0), (0, 0)]:
            return x
        return np.pad(x, [(0, 0)] + self.padding + [(0, 0)], mode="constant", constant_values=value)

    def crop(self, padded):
        """The inverse of `pad`."""
        (top, _), (left, _) = self.padding
        return padded[:, top : top + self.shape[1], left : left + self.shape[2]]

    def elements(self):
        """(row, column, index) of each element of a window; the index picks it, for all windows, from padded images."""
        for row in range(self.window[0]):
            for column in range(self.window[1]):
                picks = [
                    slice(place * dilation, place * dilation + (size - 1) * stride + 1, stride)
                    for place, dilation, size, stride in zip((row, column), self.dilation, self.sizes, self.strides)
                ]
                yield row, column, (slice(None), picks[0], picks[1])

    def columns(self, x):
        """All windows as rows of a matrix: (batch * windows, rows * columns * channels)."""
        padded = self.pad(x, 0)
        stacked = np.empty((x.shape[0],) + self.sizes + self.window + x.shape[3:], dtype=x.dtype)
        for row, column, pick in self.elements():
            stacked[:, :, :, row, column] = padded[pick]
        return stacked.reshape(x.shape[0] * self.sizes[0] * self.sizes[1], self.window[0] * self.window[1] * x.shape[3])

    def scatter(self, columns):
        """The transpose of `columns`: every window's element added back to where it came from."""
        batch, channels = self.shape[0], self.shape[3]
        stacked = columns.reshape((batch,) + self.sizes + self.window + (channels,))
        height, width = (n + sum(border) for n, border in zip(self.shape[1:3], self.padding))
        padded = np.zeros((batch, height, width, channels), dtype=columns.dtype)
        for row, column, pick in self.elements():
            padded[pick] += stacked[:, :, :, row, column]
        return self.crop(padded)


def convolve(x, kernel, attributes):
    """Cross-correlation; see primitives.convolution."""
    ordering = attributes["dim_ordering"]
    x, kernel = as_last(x, ordering), kernel_as_last(kernel, ordering)
    windows = _of_convolution(x, kernel, attributes)
    product = windows.columns(x).dot(kernel.reshape(-1, kernel.shape[3]))
    return as_given(product.reshape((x.shape[0],) + windows.sizes + (kernel.shape[3],)), ordering)


def convolve_gradients(x, kernel, attributes, cotangent):
    """Gradients of x and of the kernel, from the gradient `cotangent` of the result."""
    ordering = attributes["dim_ordering"]
    x, kernel, cotangent = as_last(x, ordering), kernel_as_last(kernel, ordering), as_last(cotangent, ordering)
    windows = _of_convolution(x, kernel, attributes)
    flat = cotangent.reshape(-1, kernel.shape[3])
    to_kernel = windows.columns(x).T.dot(flat).reshape(kernel.shape)
    to_x = windows.scatter(flat.dot(kernel.reshape(-1, kernel.shape[3]).T))
    return as_given(to_x, ordering), kernel_as_given(to_kernel, ordering)


def _of_convolution(x, kernel, attributes):
    return Windows(x.shape, kernel.shape[:2], attributes["strides"], attributes["border_mode"], attributes["dilation"])


def pool(x, attributes):
    """Largest element or average of each window; see primitives.pooling."""
    x = as_last(x, attributes["dim_ordering"])
    windows = _of_pooling(x, attributes)
    reduce = _largest if attributes["pool_mode"] == "max" else _average
    return as_given(reduce(windows, x), attributes["dim_ordering"])


def pool_gradient(x, pooled, attributes, cotangent):
    """Gradient of x, from the result and its gradient."""
    ordering = attributes["dim_ordering"]
    x, pooled, cotangent = as_last(x, ordering), as_last(pooled, ordering), as_last(cotangent, ordering)
    windows = _of_pooling(x, attributes)
    spread = _to_largest if attributes["pool_mode"] == "max" else _evenly
    return as_given(windows.crop(spread(windows, x, pooled, cotangent)), ordering)


def _of_pooling(x, attributes):
    return Windows(x.shape, attributes["pool_size"], attributes["strides"], attributes["border_mode"])


def _largest(windows, x):
    """Passing over nan: -inf, where there is nothing else."""
    padded = windows.pad(x, -np.inf)
    result = None
    for _, _, pick in windows.elements():
        result = np.fmax(padded[pick], -np.inf if result is None else result)
    return result


def _counts(windows, x):
    """How many real elements each window has."""
    real = windows.pad(np.ones_like(x), 0)
    return sum(real[pick] for _, _, pick in windows.elements())


def _average(windows, x):
    padded = windows.pad(x, 0)
    return sum(padded[pick] for _, _, pick in windows.elements()) / _counts(windows, x)


def _to_largest(windows, x, pooled, cotangent):
    padded = windows.pad(x, -np.inf)
    gradient = np.zeros_like(padded)
    waiting = np.ones(pooled.shape, dtype=bool)
    for _, _, pick in windows.elements():
        here = waiting & (padded[pick] == pooled)
        gradient[pick] += np.where(here, cotangent, 0)
        waiting &= ~here
    return gradient


def _evenly(windows, x, pooled, cotangent):
    gradient = np.zeros_like(windows.pad(x, 0))
    share = cotangent / _counts(windows, x)
    for _, _, pick in windows.elements():
        gradient[pick] += share
    return gradient
