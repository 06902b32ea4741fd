"""Activations, losses and dropout."""

from harness.backends import operators, primitives, settings
from harness.backends.api import arithmetic, reductions
from harness.backends.api.composites import composite
from harness.backends.api.random import chosen_seed
from harness.backends.errors import ShapeMismatch
from harness.backends.graph import Tensor


def relu(x, alpha=0.0, max_value=None):
    """max(0, x) + alpha * min(0, x), limited to max_value; elementwise.

    Notes
    -----
    Numerics: the gradient at exactly 0 is 0 (TensorFlow's choice; Theano's is 0.5); nan stays nan.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, relu.
    """
    expansion = arithmetic.maximum(0.0, x)
    if alpha:
        expansion = expansion + alpha * arithmetic.minimum(0.0, x)
    if max_value is not None:
        expansion = arithmetic.minimum(expansion, max_value)
    return composite("relu", (x,), {"alpha": alpha, "max_value": max_value}, expansion)


def softmax(x):
    """e^x normalised over the last axis.

    Notes
    -----
    Numerics: the largest element is subtracted first, so nothing overflows.
    """
    shifted = x - primitives.stop_gradient(reductions.max(x, axis=-1, keepdims=True))
    powers = arithmetic.exp(shifted)
    return composite("softmax", (x,), {}, powers / reductions.sum(powers, axis=-1, keepdims=True))


def sigmoid(x):
    """1 / (1 + e^-x), elementwise."""
    return primitives.unary("sigmoid", x)


def hard_sigmoid(x):
    """clip(0.2 x + 0.5, 0, 1), elementwise."""
    return composite("hard_sigmoid", (x,), {}, arithmetic.clip(0.2 * x + 0.5, 0.0, 1.0))


def tanh(x):
    """Hyperbolic tangent, elementwise."""
    return primitives.unary("tanh", x)


def _checked_pair(op, output, target):
    """Raises ShapeMismatch unless output and target can have one shape."""
    sizes = list(zip(output.shape, target.shape))
    if output.ndim != target.ndim or any(None not in pair and pair[0] != pair[1] for pair in sizes):
        raise ShapeMismatch(
            "%s: shapes differ. Expected one shape. Received output.shape=%s, target.shape=%s."
            % (op, output.shape, target.shape)
        )


def categorical_crossentropy(output, target, from_logits=False):
    """Cross-entropy of each row, in nats.

    loss[i] = -sum_j target[i, j] * log(clip(p[i, j], eps, 1 - eps)), p = output / sum_j output

    Parameters
    ----------
    output : tensor, (..., classes), floatx     probabilities, or logits if from_logits
    target : tensor, (..., classes), floatx     rows sum to 1
    Returns
    -------
    tensor, (...), floatx                       >= 0
    Raises
    ------
    ShapeMismatch                               ranks or known dimensions differ

    Notes
    -----
    Numerics: eps = epsilon().
    Differs:  for logits Keras 1.2.2 clips under Theano, not under TensorFlow; here log-softmax, unclipped.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, categorical_crossentropy.
    """
    _checked_pair("categorical_crossentropy", output, target)
    if from_logits:
        shifted = output - primitives.stop_gradient(reductions.max(output, axis=-1, keepdims=True))
        logs = shifted - arithmetic.log(reductions.sum(arithmetic.exp(shifted), axis=-1, keepdims=True))
    else:
        rows = output / reductions.sum(output, axis=-1, keepdims=True)
        eps = settings.get("epsilon")
        logs = arithmetic.log(arithmetic.clip(rows, eps, 1.0 - eps))
    expansion = -reductions.sum(target * logs, axis=-1)
    attributes = {"from_logits": from_logits, "epsilon": settings.get("epsilon")}
    return composite("categorical_crossentropy", (output, target), attributes, expansion)


def binary_crossentropy(output, target, from_logits=False):
    """Cross-entropy of each element, in nats.

    loss = -(target * log(p) + (1 - target) * log(1 - p)), p = clip(output, eps, 1 - eps)

    Parameters
    ----------
    output : tensor, floatx      probabilities, or logits if from_logits
    target : tensor, floatx      in [0, 1]
    Returns
    -------
    tensor, output.shape, floatx
    Raises
    ------
    ShapeMismatch                ranks or known dimensions differ

    Notes
    -----
    Numerics: eps = epsilon(); for logits max(x, 0) - x * target + log(1 + e^-|x|), which cannot overflow.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, binary_crossentropy.
    """
    _checked_pair("binary_crossentropy", output, target)
    if from_logits:
        tail = arithmetic.log(1.0 + arithmetic.exp(-arithmetic.abs(output)))
        expansion = arithmetic.maximum(output, 0.0) - output * target + tail
    else:
        eps = settings.get("epsilon")
        p = arithmetic.clip(output, eps, 1.0 - eps)
        expansion = -(target * arithmetic.log(p) + (1.0 - target) * arithmetic.log(1.0 - p))
    attributes = {"from_logits": from_logits, "epsilon": settings.get("epsilon")}
    return composite("binary_crossentropy", (output, target), attributes, expansion)


def dropout(x, level, noise_shape=None, seed=None):
    """Sets elements to 0 with probability `level` and divides the others by 1 - level; always active.

    Parameters
    ----------
    x : tensor, floatx
    level : float in [0, 1), or tensor, (), x.dtype     a tensor's value may change between calls, and is not checked
    noise_shape : tuple or None      shape of the draws: x's sizes (or None for them) or 1 where one draw is shared
    seed : int or None
    Returns
    -------
    tensor, x.shape, x.dtype

    Notes
    -----
    Source: keras 1.2.2, keras/backend/theano_backend.py, dropout.
    """
    _check_level(x, level)
    wanted = x.shape if noise_shape is None else tuple(noise_shape)
    sizes = [primitives.DimensionOf(axis) if size is None else size for axis, size in enumerate(wanted)]
    seed = chosen_seed(seed)
    draws = primitives.random_uniform(x, sizes, 0.0, 1.0, x.dtype, seed)
    attributes = {"noise_shape": tuple(sizes), "seed": seed}
    inputs = (x, operators.as_tensor(level, x.dtype))
    mask = operators.cast(operators.comparison("greater_equal", draws, level), x.dtype)
    kept = composite("dropout_mask", inputs, attributes, mask)
    return composite("dropout", inputs, attributes, x * (kept * (1.0 / (1.0 - level))))


def _check_level(x, level):
    """Raises ShapeMismatch unless `level` is a share of 1, or a scalar tensor of x's dtype."""
    if isinstance(level, Tensor):
        if (level.shape, level.dtype) != ((), x.dtype):
            raise ShapeMismatch(
                "dropout: level is no scalar of x's dtype. Expected shape=(), dtype=%s. Received shape=%r, dtype=%s."
                % (x.dtype, level.shape, level.dtype)
            )
    elif not 0.0 <= level < 1.0:
        raise ShapeMismatch("dropout: level out of range. Expected 0 <= level < 1. Received level=%r." % (level,))
