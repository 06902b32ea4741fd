"""Numbers of rows that are none: the error that every backend raises for them."""

from harness.backends.errors import ShapeMismatch


def no_such_row(index, count):
    """The error for an index of a tensor of `count` rows."""
    return ShapeMismatch(
        "gather: no such row. Expected indices from 0 on, below the number of rows. Received an index of %s, %s rows."
        % (index, count)
    )


def outside(indices, count):
    """One of the indices in an array that are no numbers of `count` rows, as nan is none; None if all are."""
    if not indices.size or (indices.min() >= 0 and indices.max() < count):
        return None
    index = indices[~((indices >= 0) & (indices < count))].flat[0]
    return "%.0f" % index if indices.dtype.kind == "f" else "%d" % index


def check(indices, count):
    """Raises ShapeMismatch unless an array holds numbers of `count` rows alone."""
    index = outside(indices, count)
    if index is not None:
        raise no_such_row(index, count)
