"""Kernels of nodes that are not elementwise: reductions, products, rows, parts, draws."""

import functools

import numpy as np

from harness.backends.engines.numpy.gradients import PRODUCTS
from harness.backends.engines.numpy.plan.binding import kernel
from harness.backends.graph.shape_rules import check_rows

FLOATS = ("float32", "float64")  # what NumPy and BLAS compute as they are; float16 goes through the plain lowerings


def _reduction(reduce):
    def bind(binder, node):
        x, out = binder.array(node.inputs[0]), binder.array(node.outputs[0])
        if x.dtype.name not in FLOATS or not x.size:
            return None
        at = node.attributes
        return [functools.partial(reduce, x, axis=at["axes"], out=out, keepdims=at["keepdims"])]

    return bind


kernel("sum")(_reduction(np.add.reduce))
kernel("max")(_reduction(np.maximum.reduce))
kernel("min")(_reduction(np.minimum.reduce))


@kernel("mean")
def mean(binder, node):
    """The sum by the number of elements."""
    calls, out = _reduction(np.add.reduce)(binder, node), binder.array(node.outputs[0])
    if calls is None:
        return None
    count = np.array(node.inputs[0].size // out.size, dtype=out.dtype)
    return calls + [functools.partial(np.divide, out, count, out)]


@kernel("argmax")
def argmax(binder, node):
    """Into its place, whose dtype is NumPy's own."""
    x, out = binder.array(node.inputs[0]), binder.array(node.outputs[0])
    if out.dtype != np.intp or not x.size:
        return None
    return [functools.partial(np.argmax, x, axis=node.attributes["axis"], out=out)]


@kernel("dot")
def dot(binder, node):
    """One product of matrices, with all axes of x but the last as rows."""
    x, y, out = binder.array(node.inputs[0]), binder.array(node.inputs[1]), binder.array(node.outputs[0])
    if x.dtype.name not in FLOATS or y.ndim != 2:
        return None
    if x.ndim > 2:
        if not (x.flags.c_contiguous and out.flags.c_contiguous and x.size):
            return None
        x, out = x.reshape(-1, x.shape[-1]), out.reshape(-1, out.shape[-1])
    return [product(x, y, out)]


def product(x, y, out):
    """The call of a product of matrices."""
    if out.flags.c_contiguous and out.flags.aligned:
        return functools.partial(np.dot, x, y, out)
    return functools.partial(np.matmul, x, y, out)


@kernel("batched_dot")
def batched_dot(binder, node):
    """A product for each sample."""
    return [functools.partial(np.matmul, *map(binder.array, node.inputs), out=binder.array(node.outputs[0]))]


@kernel("concatenate")
def concatenate(binder, node):
    """Copies the parts that do not lie in the whole already."""
    axis, out, begin, calls = node.attributes["axis"], binder.array(node.outputs[0]), 0, []
    for value in node.inputs:
        end = begin + value.shape[axis]
        if value not in binder.storage.hosts:
            calls.append(
                functools.partial(np.copyto, out[(slice(None),) * axis + (slice(begin, end),)], binder.array(value))
            )
        begin = end
    return calls


@kernel("copy")
def copy(binder, node):
    """The input in C order."""
    return [functools.partial(np.copyto, binder.array(node.outputs[0]), binder.array(node.inputs[0]))]


@kernel("place")
def place(binder, node):
    """Zeros with the input at some items."""
    out, x = binder.array(node.outputs[0]), binder.array(node.inputs[0])
    inner = out[tuple(node.attributes["items"]) + (Ellipsis,)]
    return [functools.partial(out.fill, 0), functools.partial(np.copyto, inner, x)]


@kernel("pad")
def pad(binder, node):
    """The input in a border."""
    out, x, at = binder.array(node.outputs[0]), binder.array(node.inputs[0]), node.attributes
    inner = out[tuple(slice(before, before + size) for (before, _), size in zip(at["widths"], x.shape))]
    value = np.asarray(at["value"]).astype(out.dtype)
    return [functools.partial(out.fill, value), functools.partial(np.copyto, inner, x)]


@kernel("gather")
def gather(binder, node):
    """Rows by number, which are checked first."""
    (reference, indices), out = map(binder.array, node.inputs), binder.array(node.outputs[0])
    if not out.flags.c_contiguous:
        return None
    take = functools.partial(np.take, reference, indices, axis=0, out=out, mode="clip")
    return [functools.partial(check_rows, indices, len(reference)), take]


class Rows(object):
    """An array of zeros but for some rows, which are zeros again before other rows are written."""

    def __init__(self, shape, dtype):
        self.array, self.touched = np.zeros(shape, dtype), np.array([], int)

    def write(self, touched, rows):
        """Lets these rows be the only ones."""
        self.array[self.touched] = 0
        self.touched = touched
        self.array[touched] = rows


def add_up(indices, rows, write):
    """Writes the sums of the rows that have one number; np.add.at would make them one element at a time."""
    order = np.argsort(indices, kind="stable")
    touched, begins = np.unique(indices[order], return_index=True)
    write(touched, np.add.reduceat(rows[order], begins, axis=0) if len(begins) else rows)


@kernel("add_rows")
def add_rows(binder, node):
    """The gradient of `gather`: into Rows, where the plan has some for it."""
    (indices, rows), out = map(binder.array, node.inputs), binder.array(node.outputs[0])
    kept = node.attributes.get("rows")
    if kept is not None:
        return [functools.partial(add_up, indices, rows, kept.write)]
    return [functools.partial(out.fill, 0), functools.partial(add_up, indices, rows, out.__setitem__)]


def _draws(fill, finish):
    def bind(binder, node):
        out, at = binder.array(node.outputs[0]), node.attributes
        if out.dtype.name not in FLOATS or not out.flags.c_contiguous:
            return None
        stream = binder.engine.stream(at["seed"])
        return [functools.partial(fill(stream), out=out, dtype=out.dtype)] + finish(at, out)

    return bind


def _between(at, out):
    """From [0, 1) to [low, high), of which rounding must not give the end."""
    low, high = (np.array(at[name], dtype=out.dtype) for name in ("low", "high"))
    if (low, high) == (0, 1):
        return []
    scaled = [functools.partial(np.multiply, out, high - low, out), functools.partial(np.add, out, low, out)]
    return scaled + [functools.partial(np.minimum, out, np.nextafter(high, low), out=out)]


def _around(at, out):
    """From the standard distribution to that with a mean and a standard deviation."""
    mean, std = (np.array(at[name], dtype=out.dtype) for name in ("mean", "std"))
    return [functools.partial(np.multiply, out, std, out), functools.partial(np.add, out, mean, out)]


kernel("random_uniform")(_draws(lambda stream: stream.random, _between))
kernel("random_normal")(_draws(lambda stream: stream.standard_normal, _around))


@kernel("vjp")
def by_product(binder, node):
    """The plain vector-Jacobian product of an operation."""
    operation, places = node.attributes["of"], node.attributes["places"]
    cotangent, result, *inputs = map(binder.array, node.inputs)
    outputs = [binder.array(value) for value in node.outputs]

    def run():
        found = PRODUCTS[operation.name](operation, cotangent, inputs, result)
        for out, which in zip(outputs, places):
            if found[which] is None:
                out.fill(0)
            else:
                np.copyto(out, found[which])

    return [run]
