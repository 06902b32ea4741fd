"""Normalisation by statistics of a batch, by given ones, and by length; of float16 in float32, rounded once."""

from harness.backends.api.arguments import checks
from harness.backends.api.math import arithmetic, reductions
from harness.backends.errors import ShapeMismatch
from harness.backends.graph import operators, primitives, shape_rules

SHORTEST = 1e-12  # squared length below which a vector is not lengthened to 1, as in TensorFlow


def normalize_batch_in_training(x, gamma, beta, reduction_axes, epsilon=0.001):
    """Normalises by the mean and the variance over `reduction_axes`, then scales by gamma and adds beta.

    Parameters
    ----------
    x : tensor, floats
    gamma, beta : tensors       of the axes that are left, in their order
    reduction_axes : list of int
    epsilon : float             added to the variance before its root is taken
    Returns
    -------
    (normalised, mean, variance)     x.shape; twice the sizes of the axes that are left
    Raises
    ------
    ShapeMismatch               no such axis, or gamma or beta do not fit

    Notes
    -----
    Numerics: the variance is that of the population, without epsilon.
    Differs:  Theano's variance under Keras 1.2.2 has epsilon in it; gamma comes before beta here, behind it in
              batch_normalization.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, normalize_batch_in_training.
    """
    op = "normalize_batch_in_training"
    x = checks.of_floats(op, x)
    axes = shape_rules.normalize_axes(op, reduction_axes, x.ndim)
    scale, shift = (_spread(op, x, axes, *each) for each in (("gamma", gamma), ("beta", beta)))
    wide = operators.widened(x)
    mean, variance = reductions.mean(wide, axes, keepdims=True), reductions.var(wide, axes, keepdims=True)
    normalised = _normalised(op, wide, {"mean": mean, "var": variance, "beta": shift, "gamma": scale}, epsilon)
    statistics = (operators.cast(_squeezed(each, axes), x.dtype) for each in (mean, variance))
    return (_narrowed(normalised, x, scale, shift), *statistics)


def _spread(op, x, axes, name, values):
    """`values`, of the axes of x that are left, with the reduced axes put in as size 1."""
    if values is None:
        return None
    values = checks.ranked(op, values, (x.ndim - len(axes), x.ndim), name, "those that are not reduced")
    if values.ndim < x.ndim:
        for axis in axes:
            values = primitives.expand_dims(values, axis)
    return values


def _squeezed(x, axes):
    for axis in reversed(axes):
        x = primitives.squeeze(x, axis)
    return x


def batch_normalization(x, mean, var, beta, gamma, epsilon=0.001):
    """(x - mean) / sqrt(var + epsilon) * gamma + beta.

    Parameters
    ----------
    x : tensor, floats
    mean, var, beta, gamma : tensors      that broadcast to x, vectors along the last axis; beta and gamma may be None
    epsilon : float
    Returns
    -------
    tensor, x.shape
    Raises
    ------
    ShapeMismatch                         a tensor does not broadcast to x

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, batch_normalization.
    """
    op = "batch_normalization"
    given = {"mean": checks.tensor(op, mean, "mean"), "var": checks.tensor(op, var, "var")}
    optional = {"beta": beta, "gamma": gamma}
    given.update((name, each if each is None else checks.tensor(op, each, name)) for name, each in optional.items())
    x = checks.of_floats(op, x)
    return _narrowed(_normalised(op, x, given, epsilon), x, *given.values())


def _narrowed(normalised, *tensors):
    """float16 again, unless a tensor that it was made of, which may be None, has a wider type."""
    wide = any(each is not None and each.dtype in ("float32", "float64") for each in tensors)
    return normalised if wide else operators.cast(normalised, "float16")


def _normalised(op, x, given, epsilon):
    """batch_normalization of tensors, of which beta and gamma may be None; of float16 float32."""
    epsilon = checks.number(op, "epsilon", epsilon, least=0)
    for name, values in given.items():
        if values is not None and not shape_rules.alike(shape_rules.broadcast(op, x.shape, values.shape), x.shape):
            raise ShapeMismatch(
                "%s: %s does not fit x. Expected sizes of x or 1. Received x.shape=%s, %s.shape=%s."
                % (op, name, x.shape, name, values.shape)
            )
    given = {name: each if each is None else operators.widened(each) for name, each in given.items()}
    factor = 1.0 / arithmetic.sqrt(given["var"] + epsilon)
    factor = factor if given["gamma"] is None else factor * given["gamma"]
    normalised = operators.binary("multiply", operators.widened(x) - given["mean"], factor)
    return normalised if given["beta"] is None else normalised + given["beta"]


def l2_normalize(x, axis):
    """x / sqrt(max(sum of squares along `axis`, 1e-12)): vectors of length 1; a vector of zeros stays one.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    ShapeMismatch     no such axis
    TypeMismatch      x has integers or bools

    Notes
    -----
    Differs: Theano under Keras 1.2.2 has no limit and gives nan for zeros; here TensorFlow's.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, l2_normalize.
    """
    x = checks.of_floats("l2_normalize", x)
    axes = shape_rules.normalize_axes("l2_normalize", axis, x.ndim)
    wide = operators.widened(x)
    squares = reductions.sum(arithmetic.square(wide), axes, keepdims=True)
    return operators.cast(wide / arithmetic.sqrt(arithmetic.maximum(squares, SHORTEST)), x.dtype)
