"""Changing shapes and joining tensors."""

from harness.backends import primitives, shapes


def reshape(x, shape):
    """The elements of `x`, in C order, as `shape`; one size may be -1."""
    return primitives.reshape(x, tuple(shape))


def permute_dimensions(x, pattern):
    """Axes in another order: axis i of the result is axis pattern[i] of `x`."""
    return primitives.transpose(x, tuple(pattern))


def flatten(x):
    """All elements on one axis."""
    return primitives.reshape(x, (-1,))


def batch_flatten(x):
    """(batch, product of the other sizes); these must be known.

    Raises
    ------
    ShapeMismatch    a size other than the batch's is unknown
    """
    rest = shapes.product(x.shape[1:])
    if rest is None:
        raise shapes.ShapeMismatch(
            "batch_flatten: a size is unknown. Expected static sizes after the first. Received %s." % (x.shape,)
        )
    return primitives.reshape(x, (-1, rest))


def expand_dims(x, dim=-1):
    """A new axis of size 1 at index `dim` of the result; negative counts from the result's end."""
    return primitives.expand_dims(x, shapes.normalize_axis("expand_dims", dim, x.ndim + 1))


def squeeze(x, axis):
    """`x` without axis `axis`, whose size must be 1."""
    return primitives.squeeze(x, shapes.normalize_axis("squeeze", axis, x.ndim))


def concatenate(tensors, axis=-1):
    """The tensors one after another along `axis`; all other sizes equal."""
    return primitives.concatenate(tensors, shapes.normalize_axis("concatenate", axis, tensors[0].ndim))
