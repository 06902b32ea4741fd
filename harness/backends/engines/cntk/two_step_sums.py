"""A sum or mean of many short rows in two steps: of groups of rows, each group taken for one long row, then of groups.

The gradient of CNTK's reductions goes back row by row, in a parallel region of OpenMP for each (see block_gather.py):
with 20,000 rows of 2 it takes 2 ms, with 160 groups of 125 rows 0.1. CNTK adds in double precision in either case.
"""

import cntk as C

from harness.backends.graph.shape_rules import product

ROWS_FROM = 256
ELEMENTS = 1024  # of a row that is long enough


def in_two_steps(reduce):
    """`reduce(node, axes)`, of rows in groups where axes next to each other, but not the last one, are reduced."""

    def reduced(node, axes):
        before, rows, row = _parts(node.shape, axes)
        count = _group(node.shape, axes)
        if count == 1:
            return reduce(node, axes)
        grouped = reduce(C.reshape(node, (before, rows // count, count * row)), [1])
        return reduce(C.reshape(grouped, (before, count, row)), [1])

    return reduced


def loops(shape, axes):
    """How many rows the gradient of such a reduction goes through."""
    before, rows, row = _parts(shape, axes)
    count = _group(shape, axes)
    return before * (rows // count + (count if count > 1 else 0)) if row > 1 else 0


def _group(shape, axes):
    """How many rows are put together: what divides all, up to their root, and leaves the fewest loops; 1 for none."""
    before, rows, row = _parts(shape, axes)
    if before * rows < ROWS_FROM or not 1 < row < ELEMENTS or list(axes) != list(range(axes[0], axes[-1] + 1)):
        return 1
    return max(count for count in range(1, int(rows**0.5) + 1) if rows % count == 0)


def _parts(shape, axes):
    """(how many times rows are reduced, how many they are, elements of each); `axes` in their order."""
    return product(shape[: axes[0]]), product(shape[axes[0] : axes[-1] + 1]), product(shape[axes[-1] + 1 :])
