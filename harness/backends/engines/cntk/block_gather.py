"""Elements moved in pieces: a slice, a join, padding or a transposition as one gather of pieces that stay whole.

CNTK copies by such an operation row by row, and opens a parallel region of OpenMP for each: 90 ns a row on one thread,
440 on two, and far more where another process has the second core. A gather copies all pieces in one loop, and so does
its gradient. Rows of one element are no regions, and are left to CNTK's own operation; so is what costs more in pieces.
"""

from functools import reduce
from math import gcd

import cntk as C
import numpy as np

from harness.backends.engines.cntk.native import reshaped, static
from harness.backends.graph.shape_rules import product

# Nanoseconds on one thread, AMD EPYC: for a row of CNTK's own operations; for a piece; for each element beside it.
ROW, PIECE, ELEMENT = 90, 4, 1
ROWS_FROM = 64  # below, rows cost too little to matter
NUMBERS = 2**24  # of pieces that float32 can tell from each other


def sliced(engine, x, ranges, shape):
    """`x` cut to a range of each axis, as a native of `shape`; None where rows cost less."""
    axis = max([place for place, each in enumerate(ranges) if each != range(x.shape[place])], default=0)
    size, last = _whole_pieces(ranges[axis], x.shape[axis])
    inner, pieces = product(x.shape[axis + 1 :]), product(map(len, ranges[:axis])) * len(last)
    whole = size * len(last) if last.step == 1 else 1
    if not _pays(engine, _rows(size * inner * pieces, whole * inner), pieces, product(shape), [x]):
        return None
    numbers = _numbered(x.shape, axis, size)[np.ix_(*(list(ranges[:axis]) + [last]))]
    return _picked([x.static], numbers, size * inner, shape)


def joined(engine, parts, axis, shape):
    """Parts one after another along an axis; None where rows cost less. A part that comes again is not copied again."""
    size, inner = reduce(gcd, [part.shape[axis] for part in parts]), product(shape[axis + 1 :])
    rows = sum(_rows(product(part.shape), part.shape[axis] * inner) for part in parts)
    copied = product(shape) * (2 if len(set(parts)) > 1 else 1)  # different ones are put one after another first
    if not _pays(engine, rows, product(shape) // (size * inner), copied, parts):
        return None
    numbers, start = {}, 0
    for part in dict.fromkeys(parts):
        numbers[part] = _numbered(part.shape, axis, size) + start
        start += numbers[part].size
    taken = np.concatenate([numbers[part] for part in parts], axis=axis)
    return _picked([part.static for part in numbers], taken, size * inner, shape)


def padded(engine, x, widths, value, shape):
    """`x` between places that hold `value`; None where rows cost less."""
    axis = max(place for place, each in enumerate(widths) if any(each))
    size, inner = reduce(gcd, widths[axis], x.shape[axis]), product(shape[axis + 1 :])
    rows = _rows(product(x.shape), x.shape[axis] * inner)
    if not _pays(engine, rows, product(shape) // (size * inner), 2 * product(shape), [x]):
        return None
    numbers = _numbered(x.shape, axis, size)
    around = list(widths[:axis]) + [tuple(each // size for each in widths[axis])]
    taken = np.pad(numbers, around, mode="constant", constant_values=numbers.size)
    beside = C.constant(np.full((1, size * inner), value, x.type))
    return _picked([x.static, beside], taken, size * inner, shape)


def transposed(engine, x, pattern, shape):
    """`x` with its axes in another order; None where the last one moves, or rows cost less."""
    moved = max(place for place, axis in enumerate(pattern) if place != axis) + 1
    pieces, inner = product(shape[:moved]), product(shape[moved:])
    if not _pays(engine, _rows(product(shape), inner), pieces, product(shape), [x]):
        return None
    numbers = np.arange(pieces).reshape(x.shape[:moved]).transpose(pattern[:moved])
    return _picked([x.static], numbers, inner, shape)


def _rows(elements, width):
    """How many rows of this width so many elements have; of one element they are none to CNTK."""
    return elements // width if width > 1 else 0


def _pays(engine, rows, pieces, copied, natives):
    """Whether pieces cost less than the rows that CNTK's own operation copies; a recurrence's are left to it."""
    whole = all(native.kind != "sequence" for native in natives)
    pays = ROWS_FROM <= rows and pieces <= NUMBERS and ROW * rows > PIECE * pieces + ELEMENT * copied
    if not (whole and pays):
        engine.work.rows(rows)
    return whole and pays


def _whole_pieces(places, size):
    """(how many elements of an axis of this size stay together, the numbers of such pieces in a range of it)."""
    together = gcd(gcd(places.start, places.stop), size) if places.step == 1 else 1
    return together, range(places.start // together, places.stop // together, places.step)


def _numbered(shape, axis, size):
    """The numbers of a tensor's pieces: `size` elements along `axis`, and all of the axes behind it."""
    outer = tuple(shape[:axis]) + (shape[axis] // size,)
    return np.arange(product(outer)).reshape(outer)


def _picked(nodes, numbers, width, shape):
    """The native of `shape` made of the pieces with these numbers, counted through all nodes."""
    rows = [reshaped(node, (product(node.shape) // width, width)) for node in nodes]
    pieces = C.splice(*rows, axis=0) if len(rows) > 1 else rows[0]
    found = C.gather(pieces, C.constant(np.array(numbers.ravel(), pieces.dtype)))
    return static(shape, C.reshape(found, shape))  # even to its own shape: see _gather in shaping.py
