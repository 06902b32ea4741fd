"""An operand that many rows share, repeated for all of them by a product of ones with it.

CNTK computes such an operation row by row, in a parallel region of OpenMP for each (see block_gather.py), and sums the
operand's gradient with strides, on one core: 0.45 ms for (3200, 128). The gradient of the product is a product of
MKL's: 0.05 ms; and what is computed of two whole operands is one loop.
"""

import cntk as C

from harness.backends.engines.cntk.block_gather import transposed
from harness.backends.engines.cntk.native import Native, framed, reshaped, static
from harness.backends.graph.shape_rules import broadcast, of_rank, product

ROWS_FROM = 256  # below, a product costs as much as it saves;
WIDTH = 128  # so it does for longer rows,
ELEMENTS_FROM = 2**14  # but in a sum, whose gradient is all that a product saves, from so many elements on


def over_rows(lowering, elements_from=None):
    """A lowering of two natives that is given both whole, if many rows of one share the other.

    Rows are many if they are short, or have `elements_from` elements together.
    """

    def lowered(engine, operation, x, y):
        return lowering(engine, operation, _beside(engine, x, y, elements_from), _beside(engine, y, x, elements_from))

    return lowered


def _beside(engine, row, rows, elements_from):
    """The native `row` in the shape of `rows`, if it is one that many of these share."""
    if row.kind != "static" or row.number is not None or broadcast("rows", row.shape, rows.shape) != rows.shape:
        return row
    axes = _missing(row, rows)
    if not axes or axes[-1] == len(rows.shape) - 1:
        return row
    if not _are_many(rows, product(rows.shape[axes[-1] + 1 :]), elements_from):
        return row
    if product(row.shape) == product(rows.shape[axes[-1] + 1 :]):
        return _repeated(engine, row, rows, axes[-1] + 1)
    return _repeated_within(engine, row, rows.shape, axes) if rows.kind == "static" else row


def _missing(row, rows):
    """The axes of `rows` that `row` has not, or of size 1; the batch is always one that is there."""
    sizes = enumerate(zip(of_rank(row.shape, len(rows.shape)), rows.shape))
    return [axis for axis, (own, size) in sizes if own == 1 and (size > 1 or _is_batch(axis, rows))]


def _is_batch(axis, native):
    return axis == 0 and native.kind != "static"


def _are_many(rows, width, elements_from):
    """Whether there are enough rows of this width; in a recurrence, whose length its step does not know, there are."""
    elements = product(rows.shape)
    short = width <= WIDTH and elements // width >= ROWS_FROM
    return rows.kind == "sequence" or short or (elements_from is not None and elements >= elements_from)


def _repeated(engine, row, rows, rank):
    """A row of all axes but the first `rank` of `rows`, in their form."""
    flat = reshaped(row.static, (1, product(row.shape)))
    repeated = C.times(_ones(engine, rows, rows.shape[:rank], row.type), flat)
    return Native(rows.shape, rows.kind, reshaped(repeated, rows.shape if rows.kind == "static" else rows.shape[1:]))


def _repeated_within(engine, row, shape, axes):
    """A row that lacks axes between its own: repeated in front, then brought there, if that is worth it."""
    order = axes + [axis for axis in range(len(shape)) if axis not in axes]
    in_front = static([shape[axis] for axis in order], None)
    in_front = _repeated(engine, row, in_front, len(axes))
    return transposed(engine, in_front, tuple(order.index(axis) for axis in range(len(shape))), shape) or row


def _ones(engine, rows, outer, dtype):
    """A one for every row, with the dynamic axes of `rows`; in a recurrence none that a state has gone through."""
    if rows.kind == "static":
        return engine.filled(outer + (1,), 1.0, dtype).static
    ones = engine.filled(outer[1:] + (1,), 1.0, dtype).static
    return C.reconcile_dynamic_axes(ones, rows.node if rows.kind == "batch" else framed(engine.frame, dtype))
