"""Shape attributes: sizes of an operation's result that are known before the graph runs, and that are not.

An attribute is a tuple of ints, DimensionOf and NumberOf; these name inputs of the operation by their place. `host`
has None besides, where its function decides.
"""

from typing import NamedTuple


class DimensionOf(NamedTuple):
    """In a shape attribute: the size that axis `axis` of input number `source` has when the graph runs."""

    axis: int
    source: int = 0


class NumberOf(NamedTuple):
    """In a shape attribute: the number that input `source`, an integer scalar, has when the graph runs."""

    source: int


def resolved(shape, dimension, number):
    """A shape attribute with dimension(source, axis) in place of each DimensionOf, number(source) of each NumberOf."""
    return tuple(
        dimension(size.source, size.axis)
        if isinstance(size, DimensionOf)
        else number(size.source)
        if isinstance(size, NumberOf)
        else size
        for size in shape
    )


def static_size(size, inputs):
    """An entry of a shape attribute as an int, None if it is not known before the graph runs."""
    if isinstance(size, DimensionOf):
        return inputs[size.source].shape[size.axis]
    return None if size is None or isinstance(size, NumberOf) else int(size)
