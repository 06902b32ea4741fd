"""Reductions, products, and the primitives that move elements."""

from typing import NamedTuple

import cntk as C
import numpy as np

from harness.backends.engines.cntk import block_gather
from harness.backends.engines.cntk.constant_folding import fixed
from harness.backends.engines.cntk.dtypes import held_in, product_in
from harness.backends.engines.cntk.elementwise import INFINITY, limited, undefined
from harness.backends.engines.cntk.host import HostFunction
from harness.backends.engines.cntk.native import (
    Native,
    NotBatched,
    common_kind,
    elementwise,
    filled,
    reshaped,
    static,
    with_elements,
)
from harness.backends.engines.cntk.two_step_sums import in_two_steps, loops
from harness.backends.engines.nan_guards import has_some_nan
from harness.backends.errors import UnsupportedOperation
from harness.backends.graph.dynamic_sizes import resolved
from harness.backends.graph.shape_rules import check_rows, reduced

ALMOST_ONE = {kind: 1.0 - float(np.finfo(kind).epsneg) for kind in (np.float32, np.float64)}

EXACT = {"float32": 2**24, "float64": 2**53}  # CNTK's type -> integers that it has all of, from 0 on


class Asked(NamedTuple):
    """Indices, a Native, that are to be numbers of so many rows: looked at when a stage has run."""

    indices: Native
    rows: int


def concrete(shape, natives):
    """A shape attribute with the sizes and numbers of the inputs in place of its DimensionOf and NumberOf."""
    return resolved(shape, lambda source, axis: natives[source].shape[axis], lambda source: _number(natives[source]))


def _number(native):
    """The size that a scalar is; sizes are known before values are, but those that depend on sizes alone."""
    if native.number is None:
        raise UnsupportedOperation("a size that is computed from values", "cntk", "CNTK plans a function by its sizes")
    return int(native.number)


def _count(shape):
    """How many elements a shape has."""
    return int(np.prod(shape, dtype=int))


def _within_samples(x, function, shape):
    """`function(node, shift)` in x's form; `shift` is how many leading axes the node does not have."""
    if x.kind == "static":
        return static(shape, reshaped(function(x.static, 0), shape))
    return Native(shape, x.kind, reshaped(function(x.node, 1), shape[1:]))


def _anywhere(x, function, shape):
    """`function(node, 0)` on the static form."""
    return static(shape, reshaped(function(x.static, 0), shape))


def _along(x, axes, function, shape):
    """As `_within_samples` unless axis 0, the batch, takes part."""
    return (_anywhere if 0 in axes else _within_samples)(x, function, shape)


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

        return _along(x, axes, reshaped_always, shape)

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

    return _along(x, (axis,), shares, x.shape)


def _argmax(engine, operation, x):
    """Of floats the first nan, if there is one: CNTK passes over those that do not come first."""
    axis, orders = operation.attributes["axis"], has_some_nan(operation)

    def place(node, shift):
        return C.argmax(_ordered(node, axis - shift) if orders else node, axis - shift)

    return _along(x, (axis,), place, reduced(x.shape, (axis,), False))


def _ordered(node, axis):
    """`node`; where there is a nan along the axis, 1 in its place and 0 elsewhere."""
    unordered = C.not_equal(node, node)
    return C.element_select(C.reduce_max(unordered, axis=axis), unordered, node)


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
    return block_gather.transposed(engine, x, pattern, shape) or _along(
        x,
        () if pattern[:1] == (0,) else (0,),
        lambda node, shift: C.transpose(node, [axis - shift for axis in pattern[shift:]]),
        shape,
    )


def _as_shape(x, shape):
    """x as `shape`, sizes known; it stays batched if the batch axis stays."""
    keeps_batch = shape[:1] == x.shape[:1]
    return _along(x, () if keeps_batch else (0,), lambda node, shift: node, shape)


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

    return block_gather.sliced(engine, x, ranges, shape) or _along(x, cut, pick, shape)


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

    return _along(x, axes, multiplied, shape) if axes else x


def _pad(engine, operation, x):
    widths, value = operation.attributes["widths"], operation.attributes["value"]
    shape = tuple(size + before + after for size, (before, after) in zip(x.shape, widths))
    if not any(map(any, widths)):
        return x
    return block_gather.padded(engine, x, widths, value, shape) or _along(
        x,
        () if widths[:1] == ((0, 0),) else (0,),
        lambda node, shift: C.pad(node, list(widths[shift:]), constant_value=float(value)),
        shape,
    )


def _host(engine, operation, *natives):
    """In a step of a scan, with sizes that are known; all others run between functions, see host.py."""
    shapes = [concrete(shape, natives) for shape in operation.attributes["shapes"]]
    known = [place for place, shape in enumerate(shapes) if None not in shape]
    # a function of inputs themselves does not find their values
    nodes = [C.plus(native.static, 0) for native in natives]
    made = C.user_function(HostFunction(nodes, operation, {place: shapes[place] for place in known}))
    found = dict(zip(known, made.outputs))
    return [
        static(shapes[place], found[place]).to(held_in(tensor.dtype)) if place in found else None
        for place, tensor in enumerate(operation.outputs)
    ]


def _fill(engine, operation, *like):
    dtype = operation.outputs[0].dtype
    number = np.array(operation.attributes["value"], dtype=dtype)
    return filled(concrete(operation.attributes["shape"], like), number, held_in(dtype))


def drawn(engine, shape, like, draw, draw_like):
    """Random numbers of a shape: `draw_like()`, with the dynamic axes of a Native that has it, or `draw()`."""
    if like is not None and like.kind != "static" and like.shape == shape:
        return Native(shape, like.kind, draw_like())
    if engine.frame is not None:
        raise NotBatched
    return static(shape, draw())


def _random(draw, draw_like):
    """A lowering from CNTK's draws of a shape, and in the shape of a node with dynamic axes."""

    def lowering(engine, operation, *likes):
        at = operation.attributes
        shape, dtype = concrete(at["shape"], likes), held_in(operation.outputs[0].dtype)
        if "low" in at and at["low"] == at["high"]:
            return filled(shape, at["low"], dtype)  # a range that CNTK refuses
        like, seed = likes[0] if likes else None, engine.stream(at["seed"])
        return drawn(engine, shape, like, lambda: draw(at, shape, seed, dtype), lambda: draw_like(at, like.node, seed))

    return lowering


def _uniform(at, shape, seed, dtype):
    return C.random.uniform(shape, dtype, low=at["low"], high=at["high"], seed=seed)


def _uniform_like(at, node, seed):
    return C.random.uniform_like(node, low=at["low"], high=at["high"], seed=seed)


def _normal(at, shape, seed, dtype):
    return C.random.normal(shape, dtype, mean=at["mean"], scale=at["std"], seed=seed)


def _normal_like(at, node, seed):
    return C.random.normal_like(node, mean=at["mean"], scale=at["std"], seed=seed)


LOWERINGS = {
    "sum": _reduction(in_two_steps(lambda node, axes: C.reduce_sum(node, axis=axes)), loops),
    "mean": _reduction(in_two_steps(lambda node, axes: C.reduce_mean(node, axis=axes)), loops),
    "max": _extremum(lambda node, axes: C.reduce_max(node, axis=axes)),
    "min": _extremum(lambda node, axes: C.reduce_min(node, axis=axes)),
    "product": _product,
    "argmax": _argmax,
    "softmax": _softmax,
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
    "host": _host,
    "random_uniform": _random(_uniform, _uniform_like),
    "random_normal": _random(_normal, _normal_like),
}
