"""Convolution and pooling. Theano's images are (batch, channels, height, width)."""

import numpy as np
from theano import tensor as T
from theano.gradient import DisconnectedType
from theano.tensor.nnet import conv2d
from theano.tensor.signal.pool import Pool, pool_2d

from harness.backends.engines.theano.max_pool_gradient import FirstLargestGradient
from harness.backends.graph.shape_rules import same_padding


def _padding(native, static, attributes, window):
    """((before, after) of the rows, the same of the columns); symbolic where it hangs on an unknown size."""
    if attributes["border_mode"] == "valid":
        return ((0, 0), (0, 0))
    sizes = (native.shape[2], native.shape[3])
    each = zip(sizes, static[2:], window, attributes["strides"], attributes.get("dilation", (1, 1)))
    return tuple(_axis_padding(*axis) for axis in each)


def _axis_padding(size, known, window, stride, dilation):
    """(before, after) of one axis; with stride 1 it is the same for every size from 1 on."""
    if known is not None or stride == 1:
        return same_padding(known or 1, window, stride, dilation)
    span = (window - 1) * dilation + 1
    total = T.maximum((-(-size // stride) - 1) * stride + span - size, 0)
    return total // 2, total - total // 2


def _padded(x, padding, value):
    """x in a border of `value`."""
    (top, bottom), (left, right) = padding
    height, width = x.shape[2], x.shape[3]
    border = T.alloc(
        np.asarray(value, dtype=x.dtype), x.shape[0], x.shape[1], height + top + bottom, width + left + right
    )
    return T.set_subtensor(border[:, :, top : top + height, left : left + width], x)


def _is_known(padding):
    return all(isinstance(size, int) for pair in padding for size in pair)


def _convolution(engine, operation, x, kernel):
    at = operation.attributes
    ordering = at["dim_ordering"]
    static = static_shape(operation.inputs[0], ordering)
    kernel_static = operation.inputs[1].shape
    x = channels_first(x, ordering)
    if ordering == "tf":
        kernel = kernel.dimshuffle(3, 2, 0, 1)
        kernel_static = tuple(kernel_static[axis] for axis in (3, 2, 0, 1))
    padding = _padding(x, static, at, kernel_static[2:])
    if not _is_known(padding):
        x, static, padding = _padded(x, padding, 0), static[:2] + (None, None), ((0, 0), (0, 0))
    convolved = conv2d(
        x,
        kernel,
        input_shape=static,
        filter_shape=kernel_static,
        border_mode=padding,
        subsample=at["strides"],
        filter_flip=False,
        filter_dilation=at["dilation"],
    )
    return as_given(convolved, ordering)


class FirstLargestPool(Pool):
    """Theano's maximum pooling over unpadded images, passing over nan, with the gradient sent to the first largest."""

    def c_code(self, node, name, inputs, outputs, sub):
        code = super(FirstLargestPool, self).c_code(node, name, inputs, outputs, sub)
        before, search, behind = code.partition("// go through the pooled region")
        return before + "collector = -INFINITY;\n" + search + behind

    def c_code_cache_version(self):
        return super(FirstLargestPool, self).c_code_cache_version() + (1,)

    def perform(self, node, inputs, outputs, params):
        x, window, strides = inputs[:3]
        sizes = [(size - span) // stride + 1 for size, span, stride in zip(x.shape[2:], window, strides)]
        largest = np.full(x.shape[:2] + tuple(sizes), -np.inf, x.dtype)
        for row, column in np.ndindex(*window):
            rows, columns = (
                slice(place, place + (size - 1) * stride + 1, stride)
                for place, size, stride in zip((row, column), sizes, strides)
            )
            largest = np.fmax(largest, x[:, :, rows, columns])
        outputs[0][0] = largest

    def L_op(self, inputs, outputs, cotangents):
        window, strides = (tuple(int(size) for size in each.data) for each in inputs[1:3])
        gradient = FirstLargestGradient(window, strides)(inputs[0], outputs[0], cotangents[0])
        return [gradient] + [DisconnectedType()() for _ in inputs[1:]]


def _largest(x, at, padding):
    padded = x if padding == ((0, 0), (0, 0)) else _padded(x, padding, -np.inf)
    return FirstLargestPool(ignore_border=True, mode="max", ndim=2)(padded, at["pool_size"], at["strides"], (0, 0))


def _average(x, at, padding):
    """The sum of a window by the number of its elements that are no padding."""
    window = {"ws": at["pool_size"], "stride": at["strides"], "ignore_border": True}
    if padding == ((0, 0), (0, 0)):
        return pool_2d(x, mode="average_exc_pad", **window)
    one = T.alloc(np.asarray(1, x.dtype), 1, 1, x.shape[2], x.shape[3])  # of no image, as there may be none
    counts = pool_2d(_padded(one, padding, 0), mode="sum", **window)
    return pool_2d(_padded(x, padding, 0), mode="sum", **window) / T.addbroadcast(counts, 0, 1)


def _pooling(engine, operation, x):
    at = operation.attributes
    x = channels_first(x, at["dim_ordering"])
    padding = _padding(x, static_shape(operation.inputs[0], at["dim_ordering"]), at, at["pool_size"])
    pool = _largest if at["pool_mode"] == "max" else _average
    return as_given(pool(x, at, padding), at["dim_ordering"])


LOWERINGS = {"convolution": _convolution, "pooling": _pooling}


def channels_first(native, ordering):
    """Images or volumes of the layout `ordering` with channels first."""
    return native if ordering == "th" else native.dimshuffle(0, native.ndim - 1, *range(1, native.ndim - 1))


def as_given(native, ordering):
    """Images or volumes with channels first in the layout `ordering`."""
    return native if ordering == "th" else native.dimshuffle(0, *range(2, native.ndim), 1)


def static_shape(tensor, ordering):
    """The sizes that the graph knows, channels first."""
    shape = tensor.shape
    return shape if ordering == "th" else shape[:1] + shape[-1:] + shape[1:-1]
