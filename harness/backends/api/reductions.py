"""Reductions. `axis` is None (all axes), an int or a list of ints; negative axes count from the end."""

from harness.backends import operators, primitives, settings, shapes


def _reduce(name, x, axis, keepdims):
    return primitives.reduction(name, x, shapes.normalize_axes(name, axis, x.ndim), bool(keepdims))


def max(x, axis=None, keepdims=False):
    """Largest element; ties share the gradient equally."""
    return _reduce("max", x, axis, keepdims)


def min(x, axis=None, keepdims=False):
    """Smallest element; ties share the gradient equally."""
    return _reduce("min", x, axis, keepdims)


def sum(x, axis=None, keepdims=False):
    """Sum, in x's dtype."""
    return _reduce("sum", x, axis, keepdims)


def mean(x, axis=None, keepdims=False):
    """Arithmetic mean; integers and bools are cast to floatx first.

    Notes
    -----
    Source: keras 1.2.2, keras/backend/theano_backend.py, mean.
    """
    floats = x if x.dtype in shapes.FLOATS else operators.cast(x, settings.get("floatx"))
    return _reduce("mean", floats, axis, keepdims)


def argmax(x, axis=-1):
    """Index of the largest element along `axis`, int64, that axis dropped; the first of equals."""
    return primitives.argmax(x, shapes.normalize_axis("argmax", axis, x.ndim))
