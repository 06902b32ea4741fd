"""Gradients of our own for kernels of TensorFlow's, where its own are not those of primitive_table.py.

What an operation does not choose gets a gradient of 0, whatever is passed to it; a nan is not chosen. A gradient
registered here belongs to every operation made under `own`, with no operation more in the graph.
"""

import contextlib

import tensorflow as tf

from harness.backends.errors import UnsupportedOperation


@contextlib.contextmanager
def own(kernel):
    """Gives the operations of a kernel that are made meanwhile the gradient registered for it here."""
    with tf.compat.v1.get_default_graph().gradient_override_map({kernel: "Harness" + kernel}):
        yield


def with_own(kernel, function):
    """`function`, its operations of a kernel with the gradient registered here."""

    def made(*natives):
        with own(kernel):
            return function(*natives)

    return made


def _fitted(operation, gradients):
    """The gradients of two inputs, each summed over the axes along which it was broadcast."""
    x, y = operation.inputs
    if x.shape.is_fully_defined() and x.shape == y.shape:
        return gradients
    axes = tf.raw_ops.BroadcastGradientArgs(s0=tf.shape(x), s1=tf.shape(y))
    return [
        tf.reshape(tf.reduce_sum(gradient, along), tf.shape(native))
        for gradient, along, native in zip(gradients, axes, operation.inputs)
    ]


def _passed(chosen, cotangent):
    return tf.where(chosen, cotangent, tf.zeros((), cotangent.dtype))


@tf.RegisterGradient("HarnessMaximum")
def _of_maximum(operation, cotangent):
    x, y = operation.inputs
    return _fitted(operation, [_passed(x >= y, cotangent), _passed(x < y, cotangent)])


@tf.RegisterGradient("HarnessMinimum")
def _of_minimum(operation, cotangent):
    x, y = operation.inputs
    return _fitted(operation, [_passed(x <= y, cotangent), _passed(x > y, cotangent)])


@tf.RegisterGradient("HarnessPow")
def _of_power(operation, cotangent):
    """Of x nothing where y is 0, as x ** 0 is 1; of y nothing where x is not positive."""
    (x, y), one = operation.inputs, tf.ones((), cotangent.dtype)
    positive, varies = x > 0, tf.not_equal(y, 0)
    logarithm = tf.math.log(tf.where(positive, x, one))
    to_x = _passed(varies, cotangent * y * power(tf.where(varies, x, one), y - 1))
    return _fitted(operation, [to_x, _passed(positive, cotangent * operation.outputs[0] * logarithm)])


power = with_own("Pow", tf.pow)
maximum, minimum = with_own("Maximum", tf.maximum), with_own("Minimum", tf.minimum)


@tf.RegisterGradient("HarnessMax")
@tf.RegisterGradient("HarnessMin")
def _of_extremum(operation, cotangent):
    """Shared equally among ties; the reduced axes are kept."""
    x, axes = operation.inputs
    ties = tf.equal(x, operation.outputs[0])
    count = tf.maximum(tf.reduce_sum(tf.cast(ties, "int32"), axes, keepdims=True), 1)
    return _passed(ties, cotangent / tf.cast(count, cotangent.dtype)), None


def _keeping(kernel, function):
    """A reduction (x, axes, keepdims) whose kernel keeps the axes that it reduces."""
    kept = with_own(kernel, lambda x, axes: function(x, axes, keepdims=True))

    def reduced(x, axes, keepdims):
        return kept(x, axes) if keepdims else tf.squeeze(kept(x, axes), axes)

    return reduced


@tf.RegisterGradient("HarnessProd")
def _of_product(operation, cotangent):
    """Of each factor the product of those before it and those behind it; the reduced axes are kept."""
    x, axes = operation.inputs[0], tf.get_static_value(operation.inputs[1])
    pattern = [axis for axis in range(len(x.shape)) if axis not in axes] + list(axes)
    turned = tf.transpose(x, pattern)
    kept = len(pattern) - len(axes)
    factors = tf.reshape(turned, tf.concat([tf.shape(turned)[:kept], [-1]], 0))
    count = turned.shape[kept:].num_elements()
    others = _before(factors, count) * _before(factors[..., ::-1], count)[..., ::-1]
    back = [pattern.index(axis) for axis in range(len(pattern))]
    return cotangent * tf.transpose(tf.reshape(others, tf.shape(turned)), back), None


def _before(factors, count):
    """The product of all factors before each along the last axis: by doubling, which can be differentiated again."""
    if count is None:
        with own("Cumprod"):
            return tf.math.cumprod(factors, -1, exclusive=True)
    if count == 0:
        return factors
    widths = [[0, 0]] * (len(factors.shape) - 1)
    products = tf.pad(factors[..., :-1], [*widths, [1, 0]], constant_values=1)
    distance = 1
    while distance < count:
        shifted = tf.pad(products[..., :-distance], [*widths, [distance, 0]], constant_values=1)
        products, distance = products * shifted, 2 * distance
    return products


@tf.RegisterGradient("HarnessCumprod")
def _refused(operation, cotangent):
    reason = "a product over an unknown number of factors is differentiated once, not twice"
    raise UnsupportedOperation("gradient", "tensorflow", reason)


largest, smallest = _keeping("Max", tf.reduce_max), _keeping("Min", tf.reduce_min)
product = _keeping("Prod", tf.reduce_prod)


@tf.RegisterGradient("HarnessSelectV2")
def _of_replacement(operation, cotangent):
    """All of it goes to what was not replaced."""
    return None, None, cotangent


def replaced(condition, number, x):
    """x with a number where the condition holds, and x's gradient everywhere."""
    with own("SelectV2"):
        return tf.where(condition, number, x)
