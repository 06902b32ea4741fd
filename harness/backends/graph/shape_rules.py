"""Shape and dtype rules that more than one primitive shares."""

import numbers

import numpy as np

from harness.backends.errors import ShapeMismatch, TypeMismatch, shown
from harness.backends.graph.nodes import DTYPES
from harness.backends.graph.plain_values import listed, plain

FLOATS = ("float16", "float32", "float64")


def checked_dtype(dtype, op="tensor"):
    """`dtype`, a name or one of NumPy's, as one of DTYPES; TypeMismatch otherwise."""
    dtype = plain(dtype)
    if isinstance(dtype, np.dtype) or (isinstance(dtype, type) and _is_concrete(dtype)):
        dtype = np.dtype(dtype).name
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise TypeMismatch(
            "%s: dtype not known. Expected one of %s. Received dtype=%s." % (op, ", ".join(DTYPES), shown(dtype))
        )
    return dtype


def _is_concrete(kind):
    """Whether a class is the type of one dtype, as np.floating is not; others NumPy takes for object, or refuses."""
    return kind in (bool, int, float) or kind in np.sctypeDict.values()


def check_range(op, value, dtype):
    """Raises TypeMismatch if a number of `value`, without its fraction, is beyond an integer dtype: it would wrap."""
    if dtype in FLOATS or dtype == "bool":
        return
    array = np.asarray(value)
    if np.can_cast(array.dtype, dtype) or not array.size:
        return
    limits = np.iinfo(dtype)
    for number in (np.asarray(array.min()).item(), np.asarray(array.max()).item()):
        if not limits.min - 1 < number < limits.max + 1:
            raise TypeMismatch(
                "%s: a number does not fit its dtype. Expected %d to %d, which %s has. Received %s. Use K.cast to make "
                "the tensor of a wider dtype." % (op, limits.min, limits.max, dtype, shown(number))
            )


def common_dtype(left, right):
    """The dtype of an operation on two tensors: the wider float if there is one, else the wider integer."""
    if left == right:
        return left
    floats = [dtype for dtype in (left, right) if dtype in FLOATS]
    order = FLOATS if floats else ("bool", "uint8", "int8", "int16", "int32", "int64")
    return max(floats or (left, right), key=order.index)


def broadcast_dimension(left, right):
    """Size of one axis of an elementwise result; raises ValueError when the two do not fit."""
    if left == 1:
        return right
    if right == 1 or right is None:
        return left
    if left is None or left == right:
        return right
    raise ValueError


def alike(left, right):
    """Whether two shapes can be the same: no size that both know differs."""
    return len(left) == len(right) and all(a == b or a is None or b is None for a, b in zip(left, right))


def broadcast(op, *shapes):
    """Shape of an elementwise operation on `shapes`, numpy's rule; an unknown size fits every size."""
    kept = [shape for shape in shapes if shape != ()]
    if all(shape == kept[0] for shape in kept[1:]):
        return tuple(kept[0]) if kept else ()
    rank = max(len(shape) for shape in shapes)
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    result = padded[0]
    try:
        for shape in padded[1:]:
            result = tuple(broadcast_dimension(a, b) for a, b in zip(result, shape))
    except ValueError:
        raise ShapeMismatch(
            "%s: shapes do not broadcast. Expected equal sizes or 1 on each axis, counted from the last. "
            "Received %s." % (op, ", ".join(str(tuple(shape)) for shape in shapes))
        )
    return result


def normalize_axis(op, axis, rank):
    """`axis` counted from 0; negative axes count from the end."""
    axis = plain(axis)
    if type(axis) is not int and (not isinstance(axis, numbers.Integral) or isinstance(axis, bool)):
        raise TypeMismatch("%s: axis is not an integer. Expected an int. Received axis=%s." % (op, shown(axis)))
    if not -rank <= axis < rank:
        raise ShapeMismatch(
            "%s: no such axis. Expected an axis between %d and %d. Received axis=%d." % (op, -rank, rank - 1, axis)
        )
    return int(axis) % rank


def normalize_axes(op, axis, rank):
    """A sorted tuple of axes from None (all), an int or a sequence of ints."""
    if axis is None:
        return tuple(range(rank))
    axes = listed(axis)
    axes = [axis] if axes is None else axes
    found = {normalize_axis(op, item, rank) for item in axes}
    if len(found) != len(axes):
        raise ShapeMismatch("%s: an axis comes twice. Expected each once. Received axis=%s." % (op, shown(axis)))
    return tuple(sorted(found))


def reduced(shape, axes, keepdims):
    """Shape after a reduction over `axes`."""
    if keepdims:
        return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


def product(sizes):
    """Product of `sizes`, None if one of them is unknown."""
    total = 1
    for size in sizes:
        if size is None:
            return None
        total *= size
    return total


def window_output(size, window, stride, border_mode, dilation=1):
    """Length of one spatial axis after a convolution or pooling; None stays None."""
    if size is None:
        return None
    if border_mode == "same":
        return -(-size // stride)
    span = (window - 1) * dilation + 1
    return (size - span) // stride + 1


def same_padding(size, window, stride, dilation=1):
    """(before, after) of TensorFlow's 'same' alignment: the odd element goes after.

    total = max((ceil(size / stride) - 1) * stride + span - size, 0), before = total // 2
    """
    span = (window - 1) * dilation + 1
    total = max((-(-size // stride) - 1) * stride + span - size, 0)
    return total // 2, total - total // 2
