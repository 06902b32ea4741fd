"""Shape attributes: the sizes of an operation's result, known before the graph runs or only then.

An attribute is a tuple of ints, DimensionOf, ProductOf and NumberOf; these name inputs of the operation by their place.
`host` has None besides, where its function decides.
"""

import functools
import operator
from typing import NamedTuple, Tuple

from harness.backends.errors import ShapeMismatch
from harness.backends.graph.shape_rules import product


class DimensionOf(NamedTuple):
    """In a shape attribute: the size that axis `axis` of input number `source` has when the graph runs."""

    axis: int
    source: int = 0


class ProductOf(NamedTuple):
    """In a shape attribute: the product of the sizes that axes of input `source` have, by an int that divides it."""

    axes: Tuple[int, ...]
    divisor: int = 1
    source: int = 0


class NumberOf(NamedTuple):
    """In a shape attribute: the number that input `source`, an integer scalar, has when the graph runs."""

    source: int


def resolved(shape, dimension, number):
    """A shape attribute with dimension(source, axis) in place of each DimensionOf, number(source) of each NumberOf."""
    return tuple(_resolved(size, dimension, number) for size in shape)


def _resolved(size, dimension, number):
    """One entry of the attribute."""
    if isinstance(size, DimensionOf):
        return dimension(size.source, size.axis)
    if isinstance(size, ProductOf):
        total = functools.reduce(operator.mul, [dimension(size.source, axis) for axis in size.axes], 1)
        return total if size.divisor == 1 else total // size.divisor
    return number(size.source) if isinstance(size, NumberOf) else size


def static_size(size, inputs):
    """An entry of a shape attribute as an int, None if it is not known before the graph runs."""
    if isinstance(size, DimensionOf):
        return inputs[size.source].shape[size.axis]
    if isinstance(size, ProductOf):
        total = product(inputs[size.source].shape[axis] for axis in size.axes)
        return None if total is None else total // size.divisor
    return None if size is None or isinstance(size, NumberOf) else int(size)


def without_rest(x, shape):
    """`shape` with what -1 stands for, if the kept axes of x and ints determine it.

    No library tells what is left beside a size of 0.
    """
    kept = [size.axis for size in shape if isinstance(size, DimensionOf) and size.source == 0]
    numbers = [size for size in shape if not (isinstance(size, DimensionOf) and size.source == 0)]
    divisor = product(size for size in numbers if size != -1) if all(type(size) is int for size in numbers) else 0
    if numbers.count(-1) != 1 or not kept or len(set(kept)) < len(kept) or divisor < 1:
        return shape
    rest = ProductOf(tuple(axis for axis in range(x.ndim) if axis not in kept), divisor)
    return tuple(rest if size == -1 else size for size in shape)


def check_elements(x, sizes):
    """Raises ShapeMismatch unless x may be reshaped to `sizes`, which hold None for what is not known yet."""
    known, total = product(size for size in sizes if size != -1), product(x.shape)
    fits = None in (known, total) or (total == known if -1 not in sizes else known != 0 and total % known == 0)
    if not fits or sizes.count(-1) > 1:
        raise ShapeMismatch(
            "reshape: sizes do not fit. Expected the same number of elements and at most one -1. "
            "Received x.shape=%s, shape=%s." % (x.shape, tuple(sizes))
        )


def rest_of(x, shape):
    """The size that -1 stands for in a reshape of x, None if it is not known."""
    total = product(x.shape)
    if total is None or not all(isinstance(size, int) for size in shape):
        return None
    return total // product(size for size in shape if size != -1)
