"""Reductions, argmax and softmax.

A sum or mean of many short rows is taken in two steps: of groups of rows, each group taken for one long row, then of
groups. The gradient of CNTK's reductions goes back row by row, in a parallel region of OpenMP for each (see
block_gather.py): with 20,000 rows of 2 it takes 2 ms, with 160 groups of 125 rows 0.1. CNTK adds in double precision in
either case.
"""

import cntk as C
import numpy as np

from harness.backends.engines.cntk.dtypes import product_in
from harness.backends.engines.cntk.elementwise import INFINITY, limited, undefined
from harness.backends.engines.cntk.native import along
from harness.backends.engines.nan_guards import has_some_nan
from harness.backends.graph.shape_rules import product, reduced

ALMOST_ONE = {kind: 1.0 - float(np.finfo(kind).epsneg) for kind in (np.float32, np.float64)}
ROWS_FROM = 256
ELEMENTS = 1024  # of a row that is long enough


def _in_two_steps(reduce):
    """`reduce(node, axes)`, of rows in groups where axes next to each other, but not the last one, are reduced."""

    def in_groups(node, axes):
        before, rows, row = _parts(node.shape, axes)
        count = _group(node.shape, axes)
        if count == 1:
            return reduce(node, axes)
        grouped = reduce(C.reshape(node, (before, rows // count, count * row)), [1])
        return reduce(C.reshape(grouped, (before, count, row)), [1])

    return in_groups


def _loops(shape, axes):
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


def _reduction(reduce, rows=None):
    """A lowering from a CNTK reduction, which keeps the reduced axes; `rows`: how many it goes through."""

    def lowering(engine, operation, x):
        axes = operation.attributes["axes"]
        shape = reduced(x.shape, axes, operation.attributes["keepdims"])
        if not axes:
            return x
        if rows:
            engine.work.rows(rows(x.shape, axes))

        def reshaped_always(node, shift):
            """Not reshaped, if only to its own shape, a sum over classes fails in CNTK with 'Cannot find input'."""
            return C.reshape(reduce(node, [axis - shift for axis in axes]), shape[shift:])

        return along(x, axes, reshaped_always, shape)

    return lowering


def _extremum(reduce):
    """A reduction to the largest or smallest whose gradient is shared equally among ties; nan if there is one.

    CNTK passes over nan and hands the whole gradient to each tie. Around it, a difference that is 0 scales the gradient
    by 1 / ties; of an infinity, whose difference is not 0, a share and the rest of it add up to the same.
    """

    def shared(node, axes):
        value, unordered = reduce(node, axes), C.reduce_max(C.not_equal(node, node), axis=axes)
        fixed, ties = C.stop_gradient(value), C.reduce_sum(C.equal(node, C.stop_gradient(value)), axis=axes)
        share = C.stop_gradient(C.element_times(C.reciprocal(ties), 1 - unordered))
        part = limited(share, 0, ALMOST_ONE[node.dtype])
        finite = fixed + C.element_times(value - fixed, share)
        infinite = C.element_times(value, part) + C.element_times(fixed, 1 - part)
        return C.element_select(C.less(C.abs(fixed), INFINITY), finite, infinite) + undefined(unordered)

    return _reduction(shared)


def _softmax(engine, operation, x):
    """Composite: the largest needs no gradient here, nor its nan, which the powers have."""
    axis = len(x.shape) - 1

    def shares(node, shift):
        powers = C.exp(node - C.stop_gradient(C.reduce_max(node, axis=axis - shift)))
        return C.element_divide(powers, C.reduce_sum(powers, axis=axis - shift))

    return along(x, (axis,), shares, x.shape)


def _argmax(engine, operation, x):
    """Of floats the first nan, if there is one: CNTK passes over those that do not come first."""
    axis, orders = operation.attributes["axis"], has_some_nan(operation)

    def place(node, shift):
        return C.argmax(_ordered(node, axis - shift) if orders else node, axis - shift)

    return along(x, (axis,), place, reduced(x.shape, (axis,), False))


def _ordered(node, axis):
    """`node`; where there is a nan along the axis, 1 in its place and 0 elsewhere."""
    unordered = C.not_equal(node, node)
    return C.element_select(C.reduce_max(unordered, axis=axis), unordered, node)


def _product(engine, operation, x):
    """A product over axes: factors one by one, as CNTK's reduction goes through their logarithms."""
    axes, times = operation.attributes["axes"], product_in(operation.outputs[0].dtype)
    shape = reduced(x.shape, axes, operation.attributes["keepdims"])

    def multiplied(node, shift):
        for axis in axes:
            parts = [C.slice(node, axis - shift, place, place + 1) for place in range(x.shape[axis])]
            while len(parts) > 1:
                pairs = [times(*pair) for pair in zip(parts[::2], parts[1::2])]
                parts = pairs + parts[2 * len(pairs) :]
            node = parts[0]
        return node

    return along(x, axes, multiplied, shape) if axes else x


LOWERINGS = {
    "sum": _reduction(_in_two_steps(lambda node, axes: C.reduce_sum(node, axis=axes)), _loops),
    "mean": _reduction(_in_two_steps(lambda node, axes: C.reduce_mean(node, axis=axes)), _loops),
    "max": _extremum(lambda node, axes: C.reduce_max(node, axis=axes)),
    "min": _extremum(lambda node, axes: C.reduce_min(node, axis=axes)),
    "product": _product,
    "argmax": _argmax,
    "softmax": _softmax,
}
