"""Convolution and pooling in TensorFlow.

Of no images there are none: TensorFlow ends the process at the gradient of their largest elements.

On the CPU images are computed channels last: TensorFlow has these kernels for every dtype, and 'th' costs two
transpositions.
"""

import tensorflow as tf

from harness.backends.engines.nan_guards import is_finite_sum
from harness.backends.engines.tensorflow import layouts
from harness.backends.engines.tensorflow.gradients import replaced
from harness.backends.engines.tensorflow.session import one_dnn


def _native_first(engine, operation):
    """Whether images stay channels first: what GPUs compute in."""
    return operation.attributes["dim_ordering"] == "th" and engine.target.kind == "gpu"


def _layout(channels_first, pair):
    """(rows, columns) as TensorFlow wants them: one number for each axis of an image."""
    return (1, 1) + tuple(pair) if channels_first else (1,) + tuple(pair) + (1,)


def _dilated(kernel, dilation):
    """A kernel with dilation - 1 zeros between its elements."""
    rows, columns = dilation
    shape = tf.unstack(tf.shape(kernel))
    spread = tf.reshape(kernel, [shape[0], 1, shape[1], 1, shape[2], shape[3]])
    spread = tf.pad(spread, [[0, 0], [0, rows - 1], [0, 0], [0, columns - 1], [0, 0], [0, 0]])
    spread = tf.reshape(spread, [shape[0] * rows, shape[1] * columns, shape[2], shape[3]])
    return spread[: (shape[0] - 1) * rows + 1, : (shape[1] - 1) * columns + 1]


def _has_dilated_kernel(engine, dtype):
    """Without oneDNN the CPU has no gradient of a dilated convolution, and oneDNN has no float64."""
    return engine.target.kind == "gpu" or (one_dnn() and dtype == "float32")


def unless_empty(lowering):
    """A lowering of images or volumes and kernels that computes one image where there is none, and leaves it out."""

    def lowered(engine, operation, x, *kernels):
        sizes = x.shape.as_list()
        if sizes[0] != 0 or None in sizes:
            return lowering(engine, operation, x, *kernels)
        return lowering(engine, operation, tf.zeros([1] + sizes[1:], x.dtype), *kernels)[:0]

    return lowered


def convolution(engine, operation, x, kernel):
    """See primitives.convolution; TensorFlow's own 'SAME' is the alignment asked for."""
    at = operation.attributes
    channels_first, dilation = _native_first(engine, operation), at["dilation"]
    transposed = at["dim_ordering"] == "th" and not channels_first
    if at["dim_ordering"] == "th":
        kernel = layouts.kernel_last(kernel)
    if tuple(dilation) != (1, 1) and not _has_dilated_kernel(engine, operation.outputs[0].dtype):
        kernel, dilation = _dilated(kernel, dilation), (1, 1)
    result = tf.nn.conv2d(
        layouts.channels_last(x) if transposed else x,
        kernel,
        strides=_layout(channels_first, at["strides"]),
        padding=at["border_mode"].upper(),
        data_format="NCHW" if channels_first else "NHWC",
        dilations=_layout(channels_first, dilation),
    )
    return layouts.channels_first(result) if transposed else result


def pooling(engine, operation, x):
    """See primitives.pooling; TensorFlow's averages leave padding out, its maxima of -inf are the lowest number."""
    at = operation.attributes
    if at["pool_size"] == at["strides"] == (1, 1):
        return tf.identity(x)  # of whose pooling TensorFlow 2.21 gets the second gradient wrong
    channels_first = _native_first(engine, operation)
    transposed = at["dim_ordering"] == "th" and not channels_first
    pool = tf.nn.max_pool2d if at["pool_mode"] == "max" else tf.nn.avg_pool2d
    result = pool(
        layouts.channels_last(x) if transposed else x,
        _layout(channels_first, at["pool_size"]),
        _layout(channels_first, at["strides"]),
        at["border_mode"].upper(),
        data_format="NCHW" if channels_first else "NHWC",
    )
    if at["pool_mode"] == "max" and not is_finite_sum(operation.inputs[0]):
        result = replaced(result <= result.dtype.min, tf.constant(float("-inf"), result.dtype), result)
    return layouts.channels_first(result) if transposed else result
