"""Shapes that are known in part."""

import tensorflow as tf

from harness.backends.graph.dynamic_sizes import resolved


def concrete_sizes(shape, natives):
    """A shape attribute with axes and numbers of the inputs, as a tensor."""
    if all(isinstance(size, int) for size in shape):
        return tf.constant(shape, "int32", shape=(len(shape),))
    return tf.stack(
        resolved(shape, lambda source, axis: tf.shape(natives[source])[axis], lambda source: _number(natives[source]))
    )


def _number(native):
    return tf.cast(native, "int32")
