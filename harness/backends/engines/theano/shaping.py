"""Leaves, contraction, and what moves elements without changing them."""

import functools
import operator

import numpy as np
from theano import tensor as T
from theano.sparse import hstack, structured_dot, vstack
from theano.sparse.basic import _is_sparse_variable as is_sparse_variable

from harness.backends.engines.theano import dtypes, index_check


def _constant(engine, operation):
    tensor = operation.outputs[0]
    return T.TensorConstant(dtypes.variable_type(tensor), operation.attributes["value"])


def _dot(engine, operation, x, y):
    """One matrix product; more axes are folded into two and unfolded again."""
    y = engine.dense(y)
    if is_sparse_variable(x):
        if y.ndim == 2:
            return structured_dot(x, y)
        x = engine.dense(x)
    if x.ndim == 2 and y.ndim == 2:
        return T.dot(x, y)
    left, right = operation.inputs
    x_sizes, y_sizes = dtypes.sizes(x, left), dtypes.sizes(y, right)
    others = y_sizes[:-2] + y_sizes[-1:]
    inner_first = y.dimshuffle(y.ndim - 2, *[axis for axis in range(y.ndim) if axis != y.ndim - 2])
    # Theano does not tell what is left beside a size of 0
    known = isinstance(x_sizes[-1], int) and x_sizes[-1] > 0
    rows, columns = (-1, -1) if known else (_product(x_sizes[:-1]), _product(others))
    folded = x.reshape((rows, x_sizes[-1]), ndim=2), inner_first.reshape((y_sizes[-2], columns), ndim=2)
    return T.dot(*folded).reshape(x_sizes[:-1] + others, ndim=len(operation.outputs[0].shape))


def _product(sizes):
    """The product of sizes, ints or Theano's."""
    return functools.reduce(operator.mul, sizes, 1)


def _transpose(engine, operation, x):
    return x.dimshuffle(*operation.attributes["pattern"])


def _reshape(engine, operation, *natives):
    shape = dtypes.wanted_sizes(operation.attributes["shape"], natives)
    return natives[0].reshape(shape, ndim=len(shape))


def _expand_dims(engine, operation, x):
    axes = list(range(x.ndim))
    axes.insert(operation.attributes["axis"], "x")
    return x.dimshuffle(*axes)


def _squeeze(engine, operation, x):
    dropped = operation.attributes["axis"]
    kept = [axis for axis in range(x.ndim) if axis != dropped]
    return T.addbroadcast(x, dropped).dimshuffle(*kept)


def _concatenate(engine, operation, *natives):
    axis = operation.attributes["axis"]
    if all(map(is_sparse_variable, natives)):
        return (hstack if axis else vstack)(natives, format="csr", dtype=operation.outputs[0].dtype)
    return T.concatenate([engine.dense(native) for native in natives], axis=axis)


def _gather(engine, operation, reference, indices):
    """Rows by a vector of indices: the form that Theano computes in C, forward and backward."""
    like, places = operation.inputs
    reference_sizes = dtypes.sizes(reference, like)
    indices = index_check.checked(indices, reference_sizes[0])
    if indices.ndim == 1:
        return reference[indices]
    sizes = dtypes.sizes(indices, places) + reference_sizes[1:]
    return reference[indices.flatten()].reshape(sizes, ndim=len(sizes))


def _fill(engine, operation, *likes):
    value = np.asarray(operation.attributes["value"], dtype=operation.outputs[0].dtype)
    return T.alloc(value, *dtypes.wanted_sizes(operation.attributes["shape"], likes))


def _count(engine, operation, *likes):
    return T.arange(*dtypes.wanted_sizes(operation.attributes["shape"], likes), dtype="int32")


def _pad(engine, operation, x):
    """A border of one value into which x is set; where x's size is unknown, joined to the border.

    The gradient of what is set takes it out again, and Theano would hold x's sizes for those of what is taken out,
    which are made of x's sizes: its optimizer does not terminate on such a circle.
    """
    widths, tensor = operation.attributes["widths"], operation.inputs[0]
    value = np.asarray(operation.attributes["value"], dtype=x.dtype)
    for axis, pair in enumerate(widths):
        if tensor.shape[axis] is None and any(pair):
            x = _between(value, x, axis, pair)
    inner = [(0, 0) if size is None else pair for size, pair in zip(tensor.shape, widths)]
    sizes = dtypes.sizes(x, tensor)
    return _set_into(value, x, sizes, inner) if any(map(any, inner)) else x


def _between(value, x, axis, pair):
    """x with (before, behind) of a value along an axis."""
    around = [[count if each == axis else x.shape[each] for each in range(x.ndim)] for count in pair]
    first, last = ([T.alloc(value, *sizes)] if sizes[axis] else [] for sizes in around)
    return T.concatenate(first + [x] + last, axis=axis)


def _set_into(value, x, sizes, widths):
    """x with (before, behind) of a value along each axis."""
    border = T.alloc(value, *[size + sum(pair) if any(pair) else size for size, pair in zip(sizes, widths)])
    return T.set_subtensor(border[tuple(slice(before, -behind or None) for before, behind in widths)], x)


LOWERINGS = {
    "variable": lambda engine, operation: engine.shared(operation),
    "constant": _constant,
    "dot": _dot,
    "batched_dot": lambda engine, operation, x, y: T.batched_dot(x, y),
    "transpose": _transpose,
    "reshape": _reshape,
    "expand_dims": _expand_dims,
    "squeeze": _squeeze,
    "slice": lambda engine, operation, x: x[operation.attributes["items"]],
    "concatenate": _concatenate,
    "pad": _pad,
    "gather": _gather,
    "fill": _fill,
    "count": _count,
    "to_dense": lambda engine, operation, x: x,
    "sizes": lambda engine, operation, x: T.cast(x.shape, "int32"),
}
