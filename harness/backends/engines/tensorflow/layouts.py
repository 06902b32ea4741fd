"""The layouts of images, volumes and kernels, as TensorFlow's kernels for the CPU take them; sizes known in part."""

import tensorflow as tf

from harness.backends.graph.dynamic_sizes import resolved


def channels_last(x):
    """Images or volumes, whose channels are first."""
    rank = len(x.shape)
    return tf.transpose(x, (0,) + tuple(range(2, rank)) + (1,))


def channels_first(x):
    """Images or volumes, whose channels are last."""
    rank = len(x.shape)
    return tf.transpose(x, (0, rank - 1) + tuple(range(1, rank - 1)))


def kernel_last(kernel):
    """Kernels (out, in, ...) as (..., in, out)."""
    return tf.transpose(kernel, tuple(range(2, len(kernel.shape))) + (1, 0))


def concrete_sizes(shape, natives):
    """A shape attribute with axes and numbers of the inputs, as a tensor."""
    if all(isinstance(size, int) for size in shape):
        return tf.constant(shape, "int32", shape=(len(shape),))
    return tf.stack(
        resolved(shape, lambda source, axis: tf.shape(natives[source])[axis], lambda source: _number(natives[source]))
    )


def _number(native):
    return tf.cast(native, "int32")
