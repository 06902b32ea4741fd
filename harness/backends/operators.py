"""What the operators of a tensor mean: operands made tensors of one dtype, then a primitive."""

import numbers

import numpy as np

from harness.backends import primitives, settings, shapes
from harness.backends.errors import ShapeMismatch, TypeMismatch
from harness.backends.graph import Tensor


def as_tensor(value, dtype=None):
    """`value` as a tensor: itself, or a constant of `dtype` (floatx for float data if None)."""
    if isinstance(value, Tensor):
        return value
    if dtype is not None and type(value) in (int, float):
        return primitives.constant(value, dtype)
    array = np.asarray(value)
    if dtype is None:
        dtype = settings.get("floatx") if array.dtype.kind == "f" else array.dtype.name
    if array.dtype.kind not in "fiub":
        raise TypeMismatch("not a tensor, number or array. Expected one of these. Received %r." % (value,))
    return primitives.constant(array, dtype)


def _constant_dtype(value, other):
    """dtype for a plain operand beside a tensor: the tensor's, unless a float meets an integer."""
    if other.dtype in shapes.FLOATS:
        return other.dtype
    fractional = not isinstance(value, numbers.Integral) and np.asarray(value).dtype.kind == "f"
    return settings.get("floatx") if fractional else other.dtype


def promote(x, y):
    """Both operands as tensors of one dtype; plain numbers take the other's, see shapes.common_dtype."""
    if not isinstance(x, Tensor) and not isinstance(y, Tensor):
        x = as_tensor(x)
    if not isinstance(x, Tensor):
        x = as_tensor(x, _constant_dtype(x, y))
    if not isinstance(y, Tensor):
        y = as_tensor(y, _constant_dtype(y, x))
    if x.dtype == y.dtype:
        return x, y
    dtype = shapes.common_dtype(x.dtype, y.dtype)
    return cast(x, dtype), cast(y, dtype)


def cast(x, dtype):
    """x as dtype; itself when it has it."""
    return x if x.dtype == dtype else primitives.cast(x, dtype)


def binary(name, x, y):
    """An elementwise operation of primitives.BINARY."""
    return primitives.binary(name, *promote(x, y))


def divide(x, y):
    """True division; integers become floatx first."""
    x, y = promote(x, y)
    floats = x.dtype if x.dtype in shapes.FLOATS else settings.get("floatx")
    return primitives.binary("divide", cast(x, floats), cast(y, floats))


def comparison(name, x, y):
    """An elementwise comparison of primitives.COMPARISONS."""
    return primitives.comparison(name, *promote(x, y))


def index(x, key):
    """x[key] with ints, slices, None and one Ellipsis, as numpy."""
    keys = list(key) if isinstance(key, tuple) else [key]
    given = sum(item is not None and item is not Ellipsis for item in keys)
    if given > x.ndim:
        raise ShapeMismatch("index: too many indices. Expected at most %d. Received %r." % (x.ndim, key))
    missing = [slice(None)] * (x.ndim - given)
    place = keys.index(Ellipsis) if Ellipsis in keys else len(keys)
    keys[place : place + 1] = missing
    result = primitives.slice_(x, tuple(item for item in keys if item is not None))
    kept = [item for item in keys if item is None or isinstance(item, slice)]
    for axis, item in enumerate(kept):
        if item is None:
            result = primitives.expand_dims(result, axis)
    return result
