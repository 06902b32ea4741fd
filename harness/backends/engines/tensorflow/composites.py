"""Composites that TensorFlow has kernels of its own for: equal to their expansions, and faster."""

import tensorflow as tf

from harness.backends.engines.tensorflow import gradients
from harness.backends.engines.tensorflow.layouts import concrete_sizes


def relu(engine, operation, x):
    """max(x, 0), its gradient at 0 being 0, with a leak too; the limit as in the expansion."""
    alpha, max_value = operation.attributes["alpha"], operation.attributes["max_value"]
    x = tf.cast(x, operation.outputs[0].dtype)  # integers, beside a leak or a limit that is none
    rectified = tf.nn.relu(x) + _leak(x, alpha) if alpha else tf.nn.relu(x)
    return rectified if max_value is None else gradients.minimum(rectified, tf.constant(max_value, x.dtype))


def _leak(x, alpha):
    """alpha times what is below 0; the smallest integer has no negative."""
    return -alpha * tf.nn.relu(-x) if x.dtype.is_floating else alpha * tf.minimum(x, tf.zeros((), x.dtype))


# oneDNN's softmax takes 60 us before it begins; Eigen's kernels are faster on some ten thousand numbers.
FEW_CLASSES = 128


def softmax(engine, operation, x):
    """e^x normalised over the last axis."""
    few = x.shape[-1] is not None and x.shape[-1] <= FEW_CLASSES
    return tf.exp(tf.nn.log_softmax(x)) if few else tf.nn.softmax(x)


@tf.RegisterGradient("HarnessLimited")
def _gradient_of_limited(operation, cotangent):
    """Passes where the limits changed nothing: three operations, where TensorFlow's own makes twenty and runs five."""
    inside = tf.equal(operation.outputs[0], operation.inputs[0])
    return tf.math.multiply_no_nan(cotangent, tf.cast(inside, cotangent.dtype)), None, None


def _limited(engine, x, low, high):
    """x within [low, high], by the one kernel that tf.clip_by_value does not use."""
    low, high = engine.constant(low, x.dtype), engine.constant(high, x.dtype)
    with engine.graph.gradient_override_map({"ClipByValue": "HarnessLimited"}):
        return tf.raw_ops.ClipByValue(t=x, clip_value_min=low, clip_value_max=high)


def clip(engine, operation, x):
    """x within its limits; the gradient passes at the limits themselves."""
    at = operation.attributes
    return _limited(engine, x, at["min_value"], at["max_value"])


def hard_sigmoid(engine, operation, x):
    """clip(0.2 x + 0.5, 0, 1)."""
    return _limited(engine, 0.2 * x + 0.5, 0, 1)


def dropout(engine, operation, x, level):
    """x times 0 or 1 / (1 - level): a sum rounded down tells which, as comparing and choosing are not vectorised."""
    at = operation.attributes
    sizes = concrete_sizes(at["noise_shape"], [x])
    draws = tf.raw_ops.RandomUniform(shape=sizes, dtype=x.dtype, **engine.stream(at["seed"]))
    kept = 1.0 - level
    return x * (tf.floor(draws + kept) * (1.0 / kept))


LOWERINGS = {"relu": relu, "softmax": softmax, "clip": clip, "hard_sigmoid": hard_sigmoid, "dropout": dropout}
