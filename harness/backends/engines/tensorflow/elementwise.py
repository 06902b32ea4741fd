"""Elementwise operations: TensorFlow's own, but for those whose gradients or whose integers are not ours.

TensorFlow's division with a rest rounds before it takes the floor, and refuses integers by 0.
"""

import tensorflow as tf

from harness.backends.engines.tensorflow import gradients
from harness.backends.graph.dtypes import FLOATS

SMALL = ("int8", "int16", "uint8")


def _elementwise(function):
    return lambda engine, operation, *tensors: function(*tensors)


@tf.custom_gradient
def _root(x):
    """Square root; 0, and no gradient, where x is not positive."""
    root = tf.sqrt(tf.maximum(x, 0))

    def gradient(cotangent):
        positive = x > 0
        return tf.where(positive, 0.5 * cotangent / tf.where(positive, root, tf.ones_like(root)), tf.zeros_like(root))

    return root, gradient


def _add(engine, operation, x, y):
    """x + y; a vector added to the last axis goes to the kernel for biases, whose gradient is the faster one."""
    for whole, bias in ((x, y), (y, x)):
        if len(bias.shape) == 1 and len(whole.shape) > 1 and bias.shape[0] == whole.shape[-1] and bias.shape[0]:
            return tf.nn.bias_add(whole, bias)
    return tf.add(x, y)


def _cast(engine, operation, x):
    """Floats to small integers by way of int32: they wrap around, where TensorFlow takes the nearest."""
    dtype = operation.attributes["dtype"]
    if operation.inputs[0].dtype in FLOATS and dtype in SMALL:
        x = tf.cast(x, "int32")
    return tf.cast(x, dtype)


def _quotient(x, y):
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


def _modulo(x, y):
    """The primitive modulo."""
    if not x.dtype.is_floating:
        return tf.math.floormod(x, tf.where(tf.equal(y, 0), tf.ones_like(y), y))
    sizes = tf.broadcast_dynamic_shape(tf.shape(x), tf.shape(y))
    return _rest(tf.broadcast_to(x, sizes), tf.broadcast_to(y, sizes))


@tf.custom_gradient
def _rest(x, y):
    """The rest, of two tensors of one shape; in TensorFlow's gradient the quotient is not exact."""
    return tf.math.floormod(x, y), lambda cotangent: (cotangent, -cotangent * _of_floats(x, y))


LOWERINGS = {
    "negative": _elementwise(tf.negative),
    "absolute": _elementwise(tf.abs),
    "sign": _elementwise(tf.sign),
    "exp": _elementwise(tf.exp),
    "log": _elementwise(tf.math.log),
    "sqrt": _elementwise(_root),
    "square": _elementwise(tf.square),
    "sin": _elementwise(tf.sin),
    "cos": _elementwise(tf.cos),
    "tanh": _elementwise(tf.tanh),
    "sigmoid": _elementwise(tf.sigmoid),
    "softplus": _elementwise(tf.math.softplus),
    "floor": _elementwise(tf.floor),
    "round": _elementwise(tf.round),
    "add": _add,
    "subtract": _elementwise(tf.subtract),
    "multiply": _elementwise(tf.multiply),
    "divide": _elementwise(tf.divide),
    "power": _elementwise(gradients.power),
    "floor_divide": _elementwise(_quotient),
    "modulo": _elementwise(_modulo),
    "maximum": _elementwise(gradients.maximum),
    "minimum": _elementwise(gradients.minimum),
    "equal": _elementwise(tf.equal),
    "not_equal": _elementwise(tf.not_equal),
    "greater": _elementwise(tf.greater),
    "greater_equal": _elementwise(tf.greater_equal),
    "less": _elementwise(tf.less),
    "less_equal": _elementwise(tf.less_equal),
    "select": _elementwise(tf.where),
    "cast": _cast,
    "stop_gradient": _elementwise(tf.stop_gradient),
}
