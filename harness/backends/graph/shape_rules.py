"""Shape rules that more than one primitive shares, and the check of row indices."""

import numbers

from harness.backends.errors import ShapeMismatch, TypeMismatch, shown
from harness.backends.plain_values import plain, several


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


def of_rank(shape, rank):
    """A shape with axes of size 1 in front, up to `rank` axes."""
    return (1,) * (rank - len(shape)) + tuple(shape)


def broadcast(op, *shapes):
    """Shape of an elementwise operation on `shapes`, numpy's rule; an unknown size fits every size."""
    kept = [shape for shape in shapes if shape != ()]
    if all(shape == kept[0] for shape in kept[1:]):
        return tuple(kept[0]) if kept else ()
    rank = max(len(shape) for shape in shapes)
    padded = [of_rank(shape, rank) for shape in shapes]
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
    axes = several(axis)
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


def no_such_row(index, count):
    """The error for an index of a tensor of `count` rows."""
    return ShapeMismatch(
        "gather: no such row. Expected indices from 0 on, below the number of rows. Received an index of %s, %s rows."
        % (index, count)
    )


def row_outside(indices, count):
    """One of the indices in an array that are not in [0, count), as nan is not; None if all are."""
    if not indices.size or (indices.min() >= 0 and indices.max() < count):
        return None
    index = indices[~((indices >= 0) & (indices < count))].flat[0]
    return "%.0f" % index if indices.dtype.kind == "f" else "%d" % index


def check_rows(indices, count):
    """Raises ShapeMismatch unless all indices in an array are those of `count` rows."""
    index = row_outside(indices, count)
    if index is not None:
        raise no_such_row(index, count)
