"""Convolutions that K makes of others, and that TensorFlow has kernels for: of each channel, transposed, of volumes.

Images are computed channels last, see images.py.
"""

import tensorflow as tf

from harness.backends.tensorflow.images import KERNEL_TO_LAST, TO_FIRST, TO_LAST

VOLUME_TO_LAST = (0, 2, 3, 4, 1)
VOLUME_TO_FIRST = (0, 4, 1, 2, 3)
VOLUME_KERNEL_TO_LAST = (2, 3, 4, 1, 0)


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


def depthwise(engine, operation, x, kernel):
    """Each channel convolved with kernels of its own."""
    at = operation.attributes
    first = at["dim_ordering"] == "th"
    result = tf.nn.depthwise_conv2d(
        tf.transpose(x, TO_LAST) if first else x,
        tf.transpose(kernel, KERNEL_TO_LAST) if first else kernel,
        (1,) + tuple(at["strides"]) + (1,),
        at["border_mode"].upper(),
    )
    return tf.transpose(result, TO_FIRST) if first else result


def transposed(engine, operation, x, kernel):
    """The gradient of a convolution with respect to its images."""
    at = operation.attributes
    first = at["dim_ordering"] == "th"
    # (rows, columns, in, out) to what TensorFlow calls (rows, columns, out, in)
    kernel = tf.transpose(kernel, (2, 3, 0, 1) if first else (0, 1, 3, 2))
    x = tf.transpose(x, TO_LAST) if first else x
    rows, columns = at["wanted"]
    sizes = tf.stack([tf.shape(x)[0], rows, columns, kernel.shape[2]])
    result = tf.nn.conv2d_transpose(x, kernel, sizes, tuple(at["strides"]), at["border_mode"].upper())
    return tf.transpose(result, TO_FIRST) if first else result


def of_volumes(engine, operation, x, kernel):
    """A convolution over three axes of space."""
    at = operation.attributes
    first = at["dim_ordering"] == "th"
    result = tf.nn.conv3d(
        tf.transpose(x, VOLUME_TO_LAST) if first else x,
        tf.transpose(kernel, VOLUME_KERNEL_TO_LAST) if first else kernel,
        (1,) + tuple(at["strides"]) + (1,),
        at["border_mode"].upper(),
    )
    return tf.transpose(result, VOLUME_TO_FIRST) if first else result


WINDOWS = {"depthwise_conv2d": depthwise, "deconv2d": transposed, "conv3d": of_volumes}
