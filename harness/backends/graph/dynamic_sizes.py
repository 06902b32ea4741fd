"""Shape attributes: sizes of an operation's result that are known before the graph runs, and that are not.

An attribute is a tuple of ints, DimensionOf, ProductOf and NumberOf; these name inputs of the operation by their place.
`host` has None besides, where its function decides.
"""

import functools
import operator
from typing import NamedTuple, Tuple


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
        product = functools.reduce(operator.mul, [dimension(size.source, axis) for axis in size.axes], 1)
        return product if size.divisor == 1 else product // size.divisor
    return number(size.source) if isinstance(size, NumberOf) else size


def static_size(size, inputs):
    """An entry of a shape attribute as an int, None if it is not known before the graph runs."""
    if isinstance(size, DimensionOf):
        return inputs[size.source].shape[size.axis]
    if isinstance(size, ProductOf):
        sizes = [inputs[size.source].shape[axis] for axis in size.axes]
        return None if None in sizes else functools.reduce(operator.mul, sizes, 1) // size.divisor
    return None if size is None or isinstance(size, NumberOf) else int(size)
