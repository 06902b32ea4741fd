"""Division with a rest, as NumPy has it: TensorFlow's own rounds before it takes the floor, and refuses
integers by 0.
"""

import tensorflow as tf


def quotient(x, y):
    """The primitive floor_divide."""
    if x.dtype.is_floating:
        return tf.stop_gradient(_of_floats(x, y))
    zero = tf.equal(y, 0)
    return tf.where(zero, tf.zeros_like(x), tf.math.floordiv(x, tf.where(zero, tf.ones_like(y), y)))


def _of_floats(x, y):
    """From the rest that C's fmod leaves, which is exact."""
    if x.dtype == tf.float16:  # has no kernel
        return tf.cast(_of_floats(tf.cast(x, "float32"), tf.cast(y, "float32")), x.dtype)
    rest = tf.raw_ops.TruncateMod(x=x, y=y)
    below = tf.not_equal(rest, 0) & tf.not_equal(rest < 0, y < 0)
    return tf.where(tf.equal(y, 0), x / y, tf.round((x - rest) / y) - tf.cast(below, x.dtype))


def modulo(x, y):
    """The primitive modulo."""
    if not x.dtype.is_floating:
        return tf.math.floormod(x, tf.where(tf.equal(y, 0), tf.ones_like(y), y))
    sizes = tf.broadcast_dynamic_shape(tf.shape(x), tf.shape(y))
    return _rest(tf.broadcast_to(x, sizes), tf.broadcast_to(y, sizes))


@tf.custom_gradient
def _rest(x, y):
    """The rest, of two tensors of one shape; in TensorFlow's gradient the quotient is not exact."""
    return tf.math.floormod(x, y), lambda above: (above, -above * _of_floats(x, y))
