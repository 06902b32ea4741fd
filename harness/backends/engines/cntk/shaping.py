"""Products of matrices, and the primitives that move elements."""

from typing import NamedTuple

import cntk as C
import numpy as np

from harness.backends.engines.cntk import block_gather
from harness.backends.engines.cntk.constant_folding import fixed
from harness.backends.engines.cntk.dtypes import held_in
from harness.backends.engines.cntk.native import (
    Native,
    along,
    common_kind,
    concrete,
    elementwise,
    filled,
    reshaped,
    static,
    with_elements,
)
from harness.backends.errors import UnsupportedOperation
from harness.backends.graph.shape_rules import check_rows

EXACT = {"float32": 2**24, "float64": 2**53}  # CNTK's type -> integers that it has all of, from 0 on


class Asked(NamedTuple):
    """Indices, a Native, that are to be numbers of so many rows: looked at when a stage has run."""

    indices: Native
    rows: int


def _count(shape):
    """How many elements a shape has."""
    return int(np.prod(shape, dtype=int))


def _dot(engine, operation, x, y):
    rank = len(y.shape)
    matrix = y.static
    if rank > 2:
        matrix = C.transpose(matrix, (rank - 2,) + tuple(axis for axis in range(rank) if axis != rank - 2))
    shape = x.shape[:-1] + y.shape[:-2] + y.shape[-1:]
    if x.sparse is not None:
        return Native(shape, "batch", C.times(x.sparse, matrix, output_rank=rank - 1))
    node = C.times(x.node, matrix, output_rank=rank - 1)
    return Native(shape, x.kind, node)


def _transpose(engine, operation, x):
    pattern = operation.attributes["pattern"]
    shape = tuple(x.shape[axis] for axis in pattern)
    if pattern == tuple(range(len(pattern))):
        return x
    return block_gather.transposed(engine, x, pattern, shape) or along(
        x,
        () if pattern[:1] == (0,) else (0,),
        lambda node, shift: C.transpose(node, [axis - shift for axis in pattern[shift:]]),
        shape,
    )


def _as_shape(x, shape):
    """x as `shape`, sizes known; it stays batched if the batch axis stays."""
    keeps_batch = shape[:1] == x.shape[:1]
    return along(x, () if keeps_batch else (0,), lambda node, shift: node, shape)


def _reshape(engine, operation, x, *others):
    shape = concrete(operation.attributes["shape"], (x,) + others)
    known = _count([size for size in shape if size != -1])
    rest = _count(x.shape) // max(known, 1)
    return _as_shape(x, tuple(rest if size == -1 else size for size in shape))


def _expand_dims(engine, operation, x):
    axis = operation.attributes["axis"]
    return _as_shape(x, x.shape[:axis] + (1,) + x.shape[axis:])


def _squeeze(engine, operation, x):
    axis = operation.attributes["axis"]
    return _as_shape(x, x.shape[:axis] + x.shape[axis + 1 :])


def _slice(engine, operation, x):
    items = operation.attributes["items"]
    ranges = [_places(size, item) for size, item in zip(x.shape, items)]
    shape = with_elements(len(each) for each, item in zip(ranges, items) if isinstance(item, slice))
    whole = [isinstance(item, slice) and each == range(size) for size, item, each in zip(x.shape, items, ranges)]
    cut = [axis for axis, each in enumerate(whole) if not each]
    if not cut:
        return x

    def pick(node, shift):
        for axis in cut:
            node = _picked(node, axis - shift, ranges[axis])
        return node

    return block_gather.sliced(engine, x, ranges, shape) or along(x, cut, pick, shape)


def _places(size, item):
    """The range of an axis that an index or a slice takes."""
    return range(size)[item] if isinstance(item, slice) else range(item % size, item % size + 1)


def _picked(node, axis, places):
    """The elements of `node` at a range of places along an axis."""
    first, last = sorted((places[0], places[-1]))
    return C.slice(node, axis, first, last + 1, places.step if len(places) > 1 else 1)


def _concatenate(engine, operation, *parts):
    if len(parts) == 1:
        return parts[0]
    axis = operation.attributes["axis"]
    shape = list(parts[0].shape)
    shape[axis] = sum(part.shape[axis] for part in parts)
    kind = common_kind(parts)
    found = block_gather.joined(engine, parts, axis, shape) if axis else None
    if found or kind == "static" or axis == 0:
        return found or static(shape, C.splice(*[part.static for part in parts], axis=axis))
    nodes = [part.batch if kind == "batch" else part.sequence(engine.frame) for part in parts]
    return Native(shape, kind, C.splice(*nodes, axis=axis - 1))


def _gather(engine, operation, reference, indices):
    """Rows by number; CNTK's gradient is right only for a list of them and rows with an axis.

    A list of each sample stays batched, as a recurrence wants it. On static axes the result is reshaped even to its own
    shape: CNTK shares the memory of a gather that is an output, and then stops at the sizes it finds there.
    """
    if reference.shape[0] > EXACT[indices.type]:
        raise UnsupportedOperation("gather", engine.backend, "CNTK has no exact numbers of so many rows")
    indices = _looked_at(engine, indices, reference.shape[0])
    table = reshaped(reference.static, (reference.shape[0], _count(reference.shape[1:])))
    shape = indices.shape + reference.shape[1:]
    if "batch" in indices.forms and len(indices.shape) > 1:
        picked = C.gather(table, reshaped(indices.batch, (_count(indices.shape[1:]),)))
        return Native(shape, "batch", reshaped(picked, shape[1:]))
    picked = C.gather(table, reshaped(indices.static, (_count(indices.shape),)))
    return static(shape, C.reshape(picked, shape))


def _looked_at(engine, indices, count):
    """Indices of rows that CNTK may read, and a note to look at them when they are known."""
    if indices.fixed is not None:
        check_rows(indices.fixed, count)
        return indices
    engine.asked.append(Asked(indices.source or indices, count))
    return elementwise(engine, lambda node: _numbers_of_rows(node, count), [indices])


def _numbers_of_rows(node, count):
    """The indices that are numbers of rows, 0 for others: CNTK reads whatever lies at those."""
    inside = C.element_times(C.greater_equal(node, 0), C.less(node, count))
    return C.element_select(inside, node, C.constant(np.zeros((), node.dtype)))


def _batched_dot(engine, operation, x, y):
    """The product of the samples' matrices, one for each element of CNTK's batch axis."""
    shape = (x.shape[0], x.shape[1], y.shape[2])
    nodes = (x.node, y.node) if x.kind == y.kind == "sequence" else (x.batch, y.batch)
    return Native(shape, "sequence" if x.kind == y.kind == "sequence" else "batch", C.times(*nodes))


def _pad(engine, operation, x):
    widths, value = operation.attributes["widths"], operation.attributes["value"]
    shape = tuple(size + before + after for size, (before, after) in zip(x.shape, widths))
    if not any(map(any, widths)):
        return x
    return block_gather.padded(engine, x, widths, value, shape) or along(
        x,
        () if widths[:1] == ((0, 0),) else (0,),
        lambda node, shift: C.pad(node, list(widths[shift:]), constant_value=float(value)),
        shape,
    )


def _fill(engine, operation, *like):
    dtype = operation.outputs[0].dtype
    number = np.array(operation.attributes["value"], dtype=dtype)
    return filled(concrete(operation.attributes["shape"], like), number, held_in(dtype))


LOWERINGS = {
    "dot": _dot,
    "batched_dot": _batched_dot,
    "transpose": _transpose,
    "reshape": _reshape,
    "expand_dims": _expand_dims,
    "squeeze": _squeeze,
    "slice": _slice,
    "concatenate": _concatenate,
    "pad": _pad,
    "gather": _gather,
    "fill": _fill,
    "count": lambda engine, operation, *likes: fixed(np.arange(*concrete(operation.attributes["shape"], likes))),
    "to_dense": lambda engine, operation, x: x,
    "sizes": lambda engine, operation, x: fixed(x.shape),
}
