"""Activations and dropout."""

import numpy as np

from harness.backends.api.arguments import checks, shapes
from harness.backends.api.math import arithmetic, reductions
from harness.backends.api.math.random import chosen_seed
from harness.backends.errors import ShapeMismatch, shown
from harness.backends.graph import composites, operators, primitives
from harness.backends.graph.dynamic_sizes import DimensionOf
from harness.backends.graph.nodes import Tensor


def relu(x, alpha=0.0, max_value=None):
    """max(0, x) + alpha * min(0, x), limited to max_value; elementwise.

    alpha and max_value may be tensors, which are then differentiated as well.

    Returns
    -------
    tensor, x.shape, x.dtype     of integers with alpha or max_value that is a float: floatx
    Raises
    ------
    ShapeMismatch                alpha or max_value does not broadcast with x
    TypeMismatch                 max_value is nan

    Notes
    -----
    Numerics: the gradient at exactly 0 is 0 (TensorFlow's choice; Theano's is 0.5); nan stays nan.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, relu.
    """
    x = checks.tensor("relu", x)
    alpha = checks.operand("relu", "alpha", alpha)
    max_value = None if max_value is None else _limit(checks.operand("relu", "max_value", max_value))
    return composites.relu(x, alpha, max_value)


def _limit(max_value):
    """A limit of relu, a tensor or a number that is no nan."""
    return max_value if isinstance(max_value, Tensor) else checks.limit("relu", "max_value", max_value)


def elu(x, alpha=1.0):
    """x where it is above 0, else alpha * (e^x - 1); elementwise.

    alpha may be a tensor, which is then differentiated as well.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch      x has integers or bools
    ShapeMismatch     alpha does not broadcast with x

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, elu.
    """
    x = checks.of_floats("elu", x)
    alpha = checks.operand("elu", "alpha", alpha)
    below = operators.binary("multiply", arithmetic.exp(arithmetic.minimum(x, 0.0)) - 1.0, alpha, op="elu")
    expansion = primitives.select(x > 0, x, below)
    return expansion if isinstance(alpha, Tensor) else composites.composite("elu", (x,), {"alpha": alpha}, expansion)


def softmax(x):
    """e^x normalised over the last axis.

    Returns
    -------
    tensor, x.shape, x.dtype     in [0, 1], rows sum to 1
    Raises
    ------
    TypeMismatch                 x has integers or bools
    ShapeMismatch                x has no axis

    Notes
    -----
    Numerics: the largest element is subtracted first, so nothing overflows.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, softmax.
    """
    x = checks.at_least("softmax", checks.of_floats("softmax", x), 1)
    shifted = x - primitives.stop_gradient(reductions.max(x, axis=-1, keepdims=True))
    powers = arithmetic.exp(shifted)
    return composites.composite("softmax", (x,), {}, powers / reductions.sum(powers, axis=-1, keepdims=True))


def softplus(x):
    """log(1 + e^x), elementwise, without overflow at either end.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     x has integers or bools

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, softplus.
    """
    return primitives.unary("softplus", checks.of_floats("softplus", x))


def softsign(x):
    """x / (1 + |x|), elementwise; 1 and -1 at the infinities.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     x has integers or bools

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, softsign.
    """
    x = checks.of_floats("softsign", x)
    largest = float(np.finfo(x.dtype).max)
    x = arithmetic.clip(x, -largest, largest)
    return x / (arithmetic.abs(x) + 1.0)


def sigmoid(x):
    """1 / (1 + e^-x), elementwise.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     x has integers or bools

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, sigmoid.
    """
    return primitives.unary("sigmoid", checks.of_floats("sigmoid", x))


def hard_sigmoid(x):
    """clip(0.2 x + 0.5, 0, 1), elementwise.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     x has integers or bools

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, hard_sigmoid.
    """
    x = checks.of_floats("hard_sigmoid", x)
    return composites.composite("hard_sigmoid", (x,), {}, arithmetic.clip(0.2 * x + 0.5, 0.0, 1.0))


def tanh(x):
    """Hyperbolic tangent, elementwise.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     x has integers or bools

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, tanh.
    """
    return primitives.unary("tanh", checks.of_floats("tanh", x))


def dropout(x, level, noise_shape=None, seed=None):
    """Sets elements to 0 with probability `level` and divides the others by 1 - level; always active.

    Parameters
    ----------
    x : tensor, floatx
    level : float in [0, 1), or tensor, (), x.dtype     a tensor's value may change between calls, and is not checked
    noise_shape : tuple or None      shape of the draws: x's sizes (None, K.shape(x)[axis]), 1 where one is shared
    seed : int or None               None: drawn by NumPy
    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    TypeMismatch                     x has integers or bools, level is not a number, or noise_shape or seed no integers
    ShapeMismatch                    level is not in [0, 1), or no scalar of x's dtype, noise_shape does not fit x, or
                                     seed is not in [0, 2^31)

    Notes
    -----
    Numerics: x is multiplied by 0, so that an infinity that is dropped is nan.
    Source:   keras 1.2.2, keras/backend/theano_backend.py, dropout.
    """
    x = checks.of_floats("dropout", x)
    level = _checked_level(x, level)
    entries, sources = _noise_shape(x, noise_shape)
    seed = chosen_seed("dropout", seed)
    draws = primitives.random_uniform(sources, entries, 0.0, 1.0, x.dtype, seed)
    mask = operators.cast(operators.comparison("greater_equal", draws, level), x.dtype)
    attributes = {"noise_shape": entries, "seed": seed}
    inputs = (x, operators.as_tensor(level, x.dtype))
    own = sources == (x,)  # else the draws have the sizes of other tensors too, which the composite does not know
    kept = composites.composite("dropout_mask", inputs, attributes, mask) if own else mask
    dropped = x * (kept * (1.0 / (1.0 - level)))
    return composites.composite("dropout", inputs, attributes, dropped) if own else dropped


def _noise_shape(x, noise_shape):
    """The shape of the draws, and the tensors that its entries name."""
    if noise_shape is None:
        return shapes.unknown_as_dimensions(x), (x,)
    wanted = checks.at_least("dropout", x, 1).ndim
    noise_shape = checks.listed("dropout", noise_shape, "noise_shape", "a tuple of sizes")
    if len(noise_shape) != wanted:
        raise ShapeMismatch(
            "dropout: noise_shape does not fit. Expected %d sizes. Received noise_shape=%s."
            % (wanted, shown(noise_shape))
        )
    own = shapes.unknown_as_dimensions(x)
    entries = [own[axis] if size is None else size for axis, size in enumerate(noise_shape)]
    known = [size for size in entries if not isinstance(size, DimensionOf)]
    found, sources = shapes.attribute("dropout", known, (x,), least=1)
    found = iter(found)
    entries = tuple(size if isinstance(size, DimensionOf) else next(found) for size in entries)
    for size, entry in zip(x.shape, entries):
        if isinstance(entry, int) and entry != 1 and size not in (None, entry):
            raise ShapeMismatch(
                "dropout: noise_shape does not fit. Expected x's sizes or 1. Received x.shape=%s, noise_shape=%s."
                % (x.shape, shown(noise_shape))
            )
    return entries, sources


def _checked_level(x, level):
    """`level`, a share of 1 or a scalar tensor of x's dtype; ShapeMismatch otherwise."""
    if isinstance(level, Tensor):
        if (level.shape, level.dtype) != ((), x.dtype):
            raise ShapeMismatch(
                "dropout: level is no scalar of x's dtype. Expected shape=(), dtype=%s. Received shape=%r, dtype=%s."
                % (x.dtype, level.shape, level.dtype)
            )
        return level
    found = checks.number("dropout", "level", level)
    if not 0.0 <= found < 1.0:
        raise ShapeMismatch("dropout: level out of range. Expected 0 <= level < 1. Received level=%r." % (level,))
    return found
