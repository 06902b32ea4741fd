"""Convolutions that K makes of others, and that TensorFlow has kernels for: of each channel, transposed, of volumes.

Images are computed channels last, see convolution.py.
"""

import tensorflow as tf

from harness.backends.engines.tensorflow import layouts


def accepted(operation):
    """Whether the kernel computes what a composite asks for: not every stride, dilation and border mode has one."""
    at = operation.attributes
    if at["border_mode"] == "full":
        return False
    if operation.name == "depthwise_conv2d":
        return at["strides"][0] == at["strides"][1]
    return operation.name != "conv3d" or (tuple(at["dilation"]) == (1, 1, 1) and not _leaps(operation))


def _leaps(operation):
    """Whether a 'same' convolution of volumes has a stride beyond its window.

    The kernel for float64 then takes other places than that for float32 and than it does of explicit zeros: so of 6
    places with a stride of 3 and a window of 1 (TensorFlow 2.21).
    """
    at, kernel = operation.attributes, operation.inputs[1].shape
    window = kernel[2:] if at["dim_ordering"] == "th" else kernel[:3]
    return at["border_mode"] == "same" and any(stride > size for stride, size in zip(at["strides"], window))


def _in_last(operation, x, convolve):
    """`convolve` of images or volumes with their channels last, in x's layout."""
    if operation.attributes["dim_ordering"] == "tf":
        return convolve(x)
    return layouts.channels_first(convolve(layouts.channels_last(x)))


def _kernel(operation, kernel):
    """(..., in, out)."""
    return kernel if operation.attributes["dim_ordering"] == "tf" else layouts.kernel_last(kernel)


def _strided(function):
    """A lowering from a function of (x, kernel, strides, padding), channels last."""

    def lowering(engine, operation, x, kernel):
        at, kernel = operation.attributes, _kernel(operation, kernel)
        strides, padding = (1,) + tuple(at["strides"]) + (1,), at["border_mode"].upper()
        return _in_last(operation, x, lambda each: function(each, kernel, strides, padding))

    return lowering


def transposed(engine, operation, x, kernel):
    """The gradient of a convolution with respect to its images."""
    at = operation.attributes
    # what the graph calls (in, out) is (out, in) of that convolution
    kernel = tf.transpose(_kernel(operation, kernel), (0, 1, 3, 2))

    def convolve(each):
        sizes = tf.stack([tf.shape(each)[0], *at["wanted"], kernel.shape[2]])
        return tf.nn.conv2d_transpose(each, kernel, sizes, tuple(at["strides"]), at["border_mode"].upper())

    return _in_last(operation, x, convolve)


LOWERINGS = {
    "depthwise_conv2d": _strided(tf.nn.depthwise_conv2d),
    "deconv2d": transposed,
    "conv3d": _strided(tf.nn.conv3d),
}
