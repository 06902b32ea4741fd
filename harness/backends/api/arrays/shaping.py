"""Changing shapes and joining tensors."""

import numbers

import numpy as np

from harness.backends.api.arguments import checks, shapes
from harness.backends.errors import ShapeMismatch, shown
from harness.backends.graph import dtypes, operators, primitives, shape_rules
from harness.backends.graph.dynamic_sizes import DimensionOf
from harness.backends.graph.nodes import Tensor


def reshape(x, shape):
    """The elements of `x`, in C order, as `shape`.

    Parameters
    ----------
    x : tensor
    shape : tuple              ints, one of which may be -1, and integer scalars such as K.shape(x)[0]
    Returns
    -------
    tensor, shape, x.dtype     in place of -1 whatever is left
    Raises
    ------
    ShapeMismatch              numbers of elements known to differ, or more than one -1
    TypeMismatch               a size that is no integer, such as None

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, reshape.
    """
    x = checks.tensor("reshape", x)
    entries, sources = shapes.attribute("reshape", shape, (x,), least=-1)
    return primitives.reshape(x, entries, sources[1:])


def permute_dimensions(x, pattern):
    """Axes in another order: axis i of the result is axis pattern[i] of `x`.

    Returns
    -------
    tensor, x.shape in this order, x.dtype
    Raises
    ------
    ShapeMismatch    pattern does not name each axis once

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, permute_dimensions.
    """
    x = checks.tensor("permute_dimensions", x)
    axes = checks.wholes("permute_dimensions", "pattern", pattern, x.ndim)
    axes = tuple(shape_rules.normalize_axis("permute_dimensions", axis, x.ndim) for axis in axes)
    if len(set(axes)) != x.ndim:
        raise ShapeMismatch(
            "permute_dimensions: not a permutation of the axes. Expected each of 0..%d once. Received pattern=%s."
            % (x.ndim - 1, shown(pattern))
        )
    return primitives.transpose(x, axes)


def flatten(x):
    """All elements on one axis.

    Returns
    -------
    tensor, (elements,), x.dtype

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, flatten.
    """
    return primitives.reshape(checks.tensor("flatten", x), (-1,))


def batch_flatten(x):
    """Each sample's elements on one axis.

    Returns
    -------
    tensor, (batch, elements), x.dtype     a vector gives (batch, 1)
    Raises
    ------
    ShapeMismatch                          x has no axis

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, batch_flatten.
    """
    x = checks.at_least("batch_flatten", x, 1)
    rest = shape_rules.product(x.shape[1:])
    batch = -1 if rest else DimensionOf(0)
    return primitives.reshape(x, (batch, -1 if rest is None else rest))


def expand_dims(x, dim=-1):
    """A new axis of size 1 at index `dim` of the result; negative counts from the result's end.

    Returns
    -------
    tensor, x.shape with a 1 at `dim`, x.dtype
    Raises
    ------
    ShapeMismatch     no such axis
    TypeMismatch      dim is no integer

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, expand_dims.
    """
    x = checks.tensor("expand_dims", x)
    return primitives.expand_dims(x, shape_rules.normalize_axis("expand_dims", dim, x.ndim + 1))


def squeeze(x, axis):
    """`x` without axis `axis`.

    Returns
    -------
    tensor, x.shape without the axis, x.dtype
    Raises
    ------
    ShapeMismatch    no such axis, or its size is known and not 1

    Notes
    -----
    Differs: Theano under Keras 1.2.2 does not look at the size; here a known one is checked when the graph is built.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, squeeze.
    """
    x = checks.tensor("squeeze", x)
    return primitives.squeeze(x, shape_rules.normalize_axis("squeeze", axis, x.ndim))


def concatenate(tensors, axis=-1):
    """The tensors one after another along `axis`; all other sizes equal.

    Parameters
    ----------
    tensors : list of tensors
    Returns
    -------
    tensor, sizes added along the axis     the widest dtype; sparse if all are, along axis 0 or 1
    Raises
    ------
    ShapeMismatch                          sizes or ranks differ, no such axis, or the list is empty

    Notes
    -----
    Differs: dtypes may differ, as under Theano; TensorFlow under Keras 1.2.2 wants one.
    Source:  keras 1.2.2, keras/backend/theano_backend.py, concatenate.
    """
    tensors = _of_one_dtype("concatenate", tensors)
    return primitives.concatenate(tensors, shape_rules.normalize_axis("concatenate", axis, tensors[0].ndim))


def stack(x):
    """The tensors of a list, all of one shape, along a new first axis.

    Returns
    -------
    tensor, (n,) + their shape     the widest dtype
    Raises
    ------
    ShapeMismatch                  shapes differ, or the list is empty

    Notes
    -----
    Differs: dtypes may differ, as under Theano; TensorFlow under Keras 1.2.2 wants one.
    Source:  keras 1.2.2, keras/backend/theano_backend.py, stack.
    """
    tensors = _of_one_dtype("stack", x, "x")
    for each in tensors[1:]:
        if not shape_rules.alike(each.shape, tensors[0].shape):
            raise ShapeMismatch(
                "stack: shapes differ. Expected one shape. Received %s and %s." % (tensors[0].shape, each.shape)
            )
    return primitives.concatenate([primitives.expand_dims(each, 0) for each in tensors], 0)


def _of_one_dtype(op, tensors, name="tensors"):
    """The tensors of a list in the widest of their dtypes."""
    tensors = checks.tensors(op, tensors, name)
    dtype = tensors[0].dtype
    for each in tensors[1:]:
        dtype = dtypes.common_dtype(dtype, each.dtype)
    return [operators.cast(each, dtype) for each in tensors]


def reverse(x, axes):
    """`x` with the order along an axis, or along each of a list of axes, turned around.

    Returns
    -------
    tensor, x.shape, x.dtype
    Raises
    ------
    ShapeMismatch     no such axis, or one comes twice
    TypeMismatch      an axis is no integer

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, reverse.
    """
    x = checks.tensor("reverse", x)
    turned = shape_rules.normalize_axes("reverse", [axes] if axes is None else axes, x.ndim)
    whole, backwards = slice(None), slice(None, None, -1)
    return primitives.slice_(x, tuple(backwards if axis in turned else whole for axis in range(x.ndim)))


def pattern_broadcast(x, broatcastable):
    """`x`, the axes where `broatcastable` is true known to have size 1.

    Parameters
    ----------
    x : tensor
    broatcastable : list of bool     one for each axis; the name is misspelt as in Keras
    Returns
    -------
    tensor, x.shape, x.dtype         with 1 for None on those axes
    Raises
    ------
    ShapeMismatch                    an axis so marked has another size, or the list another length

    Notes
    -----
    Differs: a Theano helper in Keras 1.2.2, which also unmarks axes; sizes of 1 are always known as such here.
    Source:  keras 1.2.2, keras/backend/theano_backend.py, pattern_broadcast.
    """
    x = checks.tensor("pattern_broadcast", x)
    marks = checks.listed("pattern_broadcast", broatcastable, "broatcastable", "a list of bools")
    marks = [checks.flag("pattern_broadcast", "a mark", mark) for mark in marks]
    if len(marks) != x.ndim or any(mark and size not in (1, None) for mark, size in zip(marks, x.shape)):
        raise ShapeMismatch(
            "pattern_broadcast: marks do not fit. Expected one for each axis, true only where the size is 1. Received "
            "x.shape=%s, broatcastable=%s." % (x.shape, marks)
        )
    if not any(mark and size is None for mark, size in zip(marks, x.shape)):
        return x
    entries = shapes.unknown_as_dimensions(x)
    return primitives.reshape(x, tuple(1 if mark else entry for mark, entry in zip(marks, entries)))


def is_explicit_shape(shape):
    """Whether a shape is a list or tuple of ints and None: known, with what is left open, without a graph.

    Returns
    -------
    bool

    Notes
    -----
    Source: keras 1.2.2, keras/backend/theano_backend.py, is_explicit_shape.
    """
    if not isinstance(shape, (list, tuple)):
        return False
    return all(size is None or isinstance(size, numbers.Integral) for size in shape)


def arange(start, stop=None, step=1, dtype="int32"):
    """start, start + step, ... up to but without stop; one number alone is the stop, and 0 the start.

    Parameters
    ----------
    start, stop, step : numbers; or start alone an integer scalar such as K.shape(x)[0]
    dtype : str
    Returns
    -------
    tensor, 1 axis, dtype          empty where the step leads away from stop
    Raises
    ------
    TypeMismatch                   no numbers, or one that dtype does not have
    ShapeMismatch                  step is 0, or a number is not finite or beyond 64 bits

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, arange.
    """
    if stop is None and isinstance(start, Tensor):
        (size,), sources = shapes.attribute("arange", (start,))
        return operators.cast(primitives.count(sources, size), dtypes.checked_dtype(dtype, "arange"))
    named = zip(("start", "stop", "step"), (0, start, step) if stop is None else (start, stop, step))
    named = [(name, checks.number("arange", name, value)) for name, value in named]
    for name, value in named:
        if not abs(value) <= 2**63:
            raise ShapeMismatch(
                "arange: %s out of range. Expected a finite number within 64 bits. Received %s." % (name, shown(value))
            )
    first, last, step = (value for _, value in named)
    if step == 0:
        raise ShapeMismatch("arange: step is 0. Expected another number. Received step=%r." % (step,))
    return primitives.constant(np.arange(first, last, step), dtypes.checked_dtype(dtype, "arange"), "arange")
