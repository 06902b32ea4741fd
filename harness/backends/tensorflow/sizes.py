"""Shapes that are known in part."""

import tensorflow as tf

from harness.backends.primitives import DimensionOf


def concrete_sizes(shape, natives):
    """A shape attribute, ints and DimensionOf axes of the first input, as a tensor."""
    if not any(isinstance(size, DimensionOf) for size in shape):
        return tf.constant(shape, "int32")
    sizes = tf.shape(natives[0])
    return tf.stack([sizes[size.axis] if isinstance(size, DimensionOf) else size for size in shape])
