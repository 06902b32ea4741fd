"""The primitives: the shape and dtype of the result of each. What each computes is in `primitive_table`.

Every function here makes one operation and returns its output (or outputs). Arguments are tensors and plain values
already in the form stated; the API in `api/` turns users' arguments into that form. An engine has one lowering for
each name in primitive_table.PRIMITIVES, taking the native inputs and the operation, whose `attributes` are the keywords
used here.

Leaves: `placeholder`, `variable` (attribute `value`: its initial numpy array), `constant` (attribute `value`).
Elementwise primitives take inputs of one dtype and broadcast as numpy does. Integers wrap around; of bools a sum is or,
a product and. Axes are counted from 0, sorted tuples.
"""

from typing import NamedTuple

import numpy as np

from harness.backends.errors import ShapeMismatch, TypeMismatch, shown
from harness.backends.graph import dtypes, shape_rules
from harness.backends.graph.dynamic_sizes import check_elements, rest_of, static_size, without_rest
from harness.backends.graph.nodes import Operation
from harness.backends.graph.traversal import depends_on, substitute


def _single(name, inputs, attributes, shape, dtype, label=None):
    return Operation(name, inputs, attributes, [(shape, dtype)], label=label).outputs[0]


def _same_dtype(op, *tensors):
    dtypes = [tensor.dtype for tensor in tensors]
    if len(set(dtypes)) != 1:
        raise TypeMismatch("%s: dtypes differ. Expected one dtype. Received %s. Use K.cast." % (op, ", ".join(dtypes)))
    return dtypes[0]


def placeholder(shape, dtype, name=None, sparse=False):
    """An input of a function: `shape` with None for unknown sizes; `sparse`: it is given sparse matrices."""
    return _single("placeholder", (), {"sparse": sparse}, tuple(shape), dtypes.checked_dtype(dtype), name)


def variable(value, dtype, name=None, sparse=False):
    """State, starting as the array `value`; the engine in use holds the current value."""
    array = np.array(value, dtype=dtypes.checked_dtype(dtype))
    return _single("variable", (), {"value": array, "sparse": sparse}, array.shape, dtype, name)


def filled_variable(shape, number, dtype, name=None):
    """A variable that starts as one number everywhere, and takes no memory for it here."""
    value = np.broadcast_to(np.array(number, dtype=dtypes.checked_dtype(dtype)), shape)
    return _single("variable", (), {"value": value}, value.shape, dtype, name)


def constant(value, dtype, op="constant"):
    """A fixed array; messages begin with `op`."""
    dtype = dtypes.checked_dtype(dtype, op)
    dtypes.check_range(op, value, dtype)
    try:
        array = np.array(value, dtype=dtype)
    except OverflowError as cause:  # an int beyond float64
        raise TypeMismatch(
            "%s: a number is too large. Expected one that %s has. Received %s." % (op, dtype, shown(value))
        ) from cause
    return _single("constant", (), {"value": array}, array.shape, dtype)


def unary(name, x):
    """One of primitive_table.UNARY."""
    return _single(name, (x,), {}, x.shape, x.dtype)


def binary(name, x, y, op=None):
    """One of primitive_table.BINARY; messages begin with `op`, or the name."""
    if x.dtype == "bool" and name in ("subtract", "power", "floor_divide", "modulo"):
        raise TypeMismatch(
            "%s: bools are no numbers. Expected integers or floats. Received bools. Use K.cast." % (op or name)
        )
    if name == "power":
        _check_exponent(op or name, x, y)
    return _single(name, (x, y), {}, shape_rules.broadcast(op or name, x.shape, y.shape), _same_dtype(name, x, y))


def _check_exponent(op, x, y):
    """Raises TypeMismatch if integers get a negative number as exponent, which makes fractions."""
    if y.operation.name == "constant" and x.dtype not in dtypes.FLOATS and (y.operation.attributes["value"] < 0).any():
        raise TypeMismatch(
            "%s: a negative exponent of integers. Expected 0 or more. Received %s. Use K.cast(x, 'float32')."
            % (op, shown(y.operation.attributes["value"].tolist()))
        )


def comparison(name, x, y, op=None):
    """One of primitive_table.COMPARISONS; messages begin with `op`, or the name."""
    _same_dtype(name, x, y)
    return _single(name, (x, y), {}, shape_rules.broadcast(op or name, x.shape, y.shape), "bool")


def reduction(name, x, axes, keepdims=False):
    """One of primitive_table.REDUCTIONS over the tuple `axes`."""
    shape = shape_rules.reduced(x.shape, axes, keepdims)
    return _single(name, (x,), {"axes": axes, "keepdims": keepdims}, shape, x.dtype)


def argmax(x, axis):
    """Index, int64, of the largest element along `axis`, which is dropped; the first of equals."""
    return _single("argmax", (x,), {"axis": axis}, shape_rules.reduced(x.shape, (axis,), False), "int64")


def select(condition, x, y):
    """x where the bool `condition` is true, else y; all three broadcast."""
    shape = shape_rules.broadcast("select", condition.shape, x.shape, y.shape)
    return _single("select", (condition, x, y), {}, shape, _same_dtype("select", x, y))


def cast(x, dtype):
    """x as `dtype`; float to integer truncates towards 0, anything to bool is x != 0, bool to number is 0 or 1."""
    return _single("cast", (x,), {"dtype": dtype}, x.shape, dtypes.checked_dtype(dtype))


def dot(x, y):
    """Sum over the last axis of x and the second to last axis of y: x.shape[:-1] + y.shape[:-2] + y.shape[-1:].

    Ranks of both are 2 or more.
    """
    if x.ndim < 2 or y.ndim < 2:
        raise ShapeMismatch("dot: rank too small. Expected 2 axes or more. Received %s and %s." % (x.shape, y.shape))
    if None not in (x.shape[-1], y.shape[-2]) and x.shape[-1] != y.shape[-2]:
        raise ShapeMismatch(
            "dot: inner dimensions differ. Expected x.shape[-1] == y.shape[-2]. Received x.shape=%s, y.shape=%s. "
            "Transpose y or check the layer order." % (x.shape, y.shape)
        )
    return _single("dot", (x, y), {}, x.shape[:-1] + y.shape[:-2] + y.shape[-1:], _same_dtype("dot", x, y))


def batched_dot(x, y):
    """The matrix product of each sample: x (batch, n, k), y (batch, k, m), result (batch, n, m)."""
    for one, other in ((x.shape[0], y.shape[0]), (x.shape[2], y.shape[1])):
        if None not in (one, other) and one != other:
            raise ShapeMismatch(
                "batched_dot: sizes differ. Expected (batch, n, k) and (batch, k, m). Received x.shape=%s, y.shape=%s."
                % (x.shape, y.shape)
            )
    batch = y.shape[0] if x.shape[0] is None else x.shape[0]
    shape = (batch, x.shape[1], y.shape[2])
    return _single("batched_dot", (x, y), {}, shape, _same_dtype("batched_dot", x, y))


def transpose(x, pattern):
    """Axes in the order of the tuple `pattern`: axis i of the result is axis pattern[i] of x."""
    if sorted(pattern) != list(range(x.ndim)):
        raise ShapeMismatch(
            "transpose: not a permutation of the axes. Expected each of 0..%d once. Received pattern=%s."
            % (x.ndim - 1, pattern)
        )
    return _single("transpose", (x,), {"pattern": pattern}, tuple(x.shape[axis] for axis in pattern), x.dtype)


def reshape(x, shape, sources=()):
    """The elements of x, in C order, as `shape`: ints, at most one of them -1 (whatever is left), and sizes known when
    the graph runs, DimensionOf and NumberOf the inputs (x, *sources).
    """
    inputs = (x,) + tuple(sources)
    shape = without_rest(x, tuple(shape))
    sizes = [static_size(size, inputs) for size in shape]
    shape = tuple(entry if size is None else size for entry, size in zip(shape, sizes))
    check_elements(x, sizes)
    if -1 in sizes:
        sizes[sizes.index(-1)] = rest_of(x, shape)
    return _single("reshape", inputs, {"shape": shape}, sizes, x.dtype)


def expand_dims(x, axis):
    """A new axis of size 1 at index `axis` of the result."""
    return _single("expand_dims", (x,), {"axis": axis}, x.shape[:axis] + (1,) + x.shape[axis:], x.dtype)


def squeeze(x, axis):
    """x without axis `axis`, whose size is 1."""
    if x.shape[axis] not in (1, None):
        raise ShapeMismatch("squeeze: size is not 1. Expected x.shape[%d] == 1. Received %s." % (axis, x.shape))
    return _single("squeeze", (x,), {"axis": axis}, x.shape[:axis] + x.shape[axis + 1 :], x.dtype)


def slice_(x, items):
    """Basic indexing: `items`, a tuple as long as the rank, of ints (axis dropped) and slices (numpy's meaning)."""
    sizes = []
    for size, item in zip(x.shape, items):
        if isinstance(item, slice):
            whole = item == slice(None)
            sizes.append(size if whole else None if size is None else len(range(*item.indices(size))))
        elif size is not None and not -size <= item < size:
            limits = "between %d and %d" % (-size, size - 1) if size else "into an axis with elements"
            raise ShapeMismatch(
                "index: out of range. Expected an index %s. Received %d, x.shape=%s." % (limits, item, x.shape)
            )
    return _single("slice", (x,), {"items": tuple(items)}, sizes, x.dtype)


def concatenate(tensors, axis):
    """The tensors one after another along `axis`; all other sizes equal."""
    if len({tensor.ndim for tensor in tensors}) != 1:
        raise ShapeMismatch(
            "concatenate: numbers of axes differ. Expected one. Received %s."
            % ", ".join(str(tensor.shape) for tensor in tensors)
        )
    rest = [tensor.shape[:axis] + tensor.shape[axis + 1 :] for tensor in tensors]
    if any(len(set(sizes) - {None}) > 1 for sizes in zip(*rest)):
        raise ShapeMismatch(
            "concatenate: shapes differ off the axis. Expected equal sizes but on axis %d. Received %s."
            % (axis, ", ".join(str(tensor.shape) for tensor in tensors))
        )
    sizes = [tensor.shape[axis] for tensor in tensors]
    shape = list(tensors[0].shape)
    shape[axis] = None if None in sizes else sum(sizes)
    attributes = {"axis": axis, "sparse": all(tensor.is_sparse for tensor in tensors)}
    return _single("concatenate", tensors, attributes, shape, _same_dtype("concatenate", *tensors))


def pad(x, widths, value=0):
    """x in a border of `value`: `widths` holds (before, after) for each axis, ints from 0 on."""
    sizes = [None if size is None else size + before + after for size, (before, after) in zip(x.shape, widths)]
    return _single("pad", (x,), {"widths": tuple(widths), "value": value}, sizes, x.dtype)


def gather(reference, indices):
    """Rows reference[indices]: indices.shape + reference.shape[1:]; indices are integers in [0, rows)."""
    if indices.dtype in dtypes.FLOATS:
        raise TypeMismatch("gather: indices are not integers. Expected int32 or int64. Received %s." % indices.dtype)
    return _single("gather", (reference, indices), {}, indices.shape + reference.shape[1:], reference.dtype)


def _shaped(name, likes, shape, attributes, dtype):
    """One operation whose result has the shape attribute `shape`, DimensionOf and NumberOf of `likes`.

    likes: a tensor, a tuple of tensors, or None for none
    """
    inputs = () if likes is None else likes if isinstance(likes, tuple) else (likes,)
    attributes = dict(attributes, shape=tuple(shape))
    return _single(name, inputs, attributes, [static_size(size, inputs) for size in shape], dtype)


def fill(likes, shape, value, dtype):
    """A tensor of `value`; `shape` of ints, and of DimensionOf and NumberOf of `likes`, see _shaped."""
    return _shaped("fill", likes, shape, {"value": value}, dtypes.checked_dtype(dtype))


def count(likes, size):
    """0, 1, 2, ..., int32, as many as `size`, an entry as in `fill`."""
    return _shaped("count", likes, (size,), {}, "int32")


def sizes(x):
    """The shape of x when the graph runs: int32, (x.ndim,)."""
    return _single("sizes", (x,), {}, (x.ndim,), "int32")


def to_dense(x):
    """x itself, which may be sparse; the result is dense."""
    return _single("to_dense", (x,), {}, x.shape, x.dtype)


def random_uniform(likes, shape, low, high, dtype, seed):
    """Uniform draws in [low, high), fresh at each evaluation; `shape` as in `fill`; `seed` int: the stream."""
    return _shaped("random_uniform", likes, shape, {"low": low, "high": high, "seed": seed}, dtype)


def random_normal(likes, shape, mean, std, dtype, seed):
    """Normal draws, fresh at each evaluation; arguments as in `random_uniform`."""
    return _shaped("random_normal", likes, shape, {"mean": mean, "std": std, "seed": seed}, dtype)


def convolution(x, kernel, strides, border_mode, dilation, dim_ordering):
    """Cross-correlation over the two spatial axes (the kernel is not flipped).

    x and result: 'th' (batch, channels, height, width), 'tf' (batch, height, width, channels);
    kernel: 'th' (out, in, rows, columns), 'tf' (rows, columns, in, out). border_mode 'valid', or 'same': result sizes
    ceil(size / stride), zeros placed as in shape_rules.same_padding. strides and dilation: (rows, columns).
    """
    rows, columns, channels, filters = (2, 3, 1, 0) if dim_ordering == "th" else (0, 1, 2, 3)
    spatial = (2, 3) if dim_ordering == "th" else (1, 2)
    incoming = x.shape[1 if dim_ordering == "th" else 3]
    if x.ndim != 4 or kernel.ndim != 4 or incoming not in (kernel.shape[channels], None):
        raise ShapeMismatch(
            "convolution: shapes do not fit dim_ordering=%r. Expected 4 axes each and equal channels. "
            "Received x.shape=%s, kernel.shape=%s." % (dim_ordering, x.shape, kernel.shape)
        )
    window = (kernel.shape[rows], kernel.shape[columns])
    sizes = [
        shape_rules.window_output(x.shape[axis], window[i], strides[i], border_mode, dilation[i])
        for i, axis in enumerate(spatial)
    ]
    _check_places("convolution", x, window, sizes)
    shape = _image_shape(x.shape[0], kernel.shape[filters], sizes, dim_ordering)
    attributes = {"strides": strides, "border_mode": border_mode, "dilation": dilation, "dim_ordering": dim_ordering}
    return _single("convolution", (x, kernel), attributes, shape, _same_dtype("convolution", x, kernel))


def pooling(x, pool_size, strides, border_mode, dim_ordering, pool_mode):
    """Maximum or average of each window over the two spatial axes; layouts as in `convolution`.

    'valid' drops windows that do not fit; 'same' as in `convolution`, padding never counted: pool_mode 'avg' divides
    by the number of real elements. The gradient of 'max' goes to the first largest element of the window.
    """
    spatial = (2, 3) if dim_ordering == "th" else (1, 2)
    sizes = [
        shape_rules.window_output(x.shape[axis], pool_size[i], strides[i], border_mode)
        for i, axis in enumerate(spatial)
    ]
    _check_places("pooling", x, pool_size, sizes)
    shape = _image_shape(x.shape[0], x.shape[1 if dim_ordering == "th" else 3], sizes, dim_ordering)
    attributes = {"pool_size": pool_size, "strides": strides, "border_mode": border_mode}
    attributes.update(dim_ordering=dim_ordering, pool_mode=pool_mode)
    return _single("pooling", (x,), attributes, shape, x.dtype)


def _check_places(op, x, window, sizes):
    """Raises ShapeMismatch if the window is larger than the image."""
    if any(size is not None and size < 1 for size in sizes):
        raise ShapeMismatch(
            "%s: the window is larger than x. Expected a window within x. Received x.shape=%s, a window of %s."
            % (op, x.shape, tuple(window))
        )


def _image_shape(batch, channels, sizes, dim_ordering):
    return (batch, channels) + tuple(sizes) if dim_ordering == "th" else (batch,) + tuple(sizes) + (channels,)


def host(function, inputs, specs, label):
    """What `function` computes with NumPy from the arrays of `inputs`: a list of arrays, one for each of `specs`.

    specs: list of (shape, dtype), shapes as in `fill` with DimensionOf the inputs, and None where the function decides;
    no gradient flows. For algorithms that no library expresses as a graph, such as a beam search.
    """
    static = [(tuple(static_size(size, inputs) for size in shape), dtype) for shape, dtype in specs]
    attributes = {"function": function, "shapes": [tuple(shape) for shape, _ in specs], "label": label}
    return Operation("host", inputs, attributes, static).outputs


class Body(NamedTuple):
    """The step of a `scan`: a graph from its own placeholders to the step's results.

    sequences, states, captures: tuples of placeholder tensors, bound at each step to the elements of the sequences,
    the states, and the tensors of the outer graph that the step uses; outputs, new_states: tuples of tensors.
    """

    sequences: tuple
    states: tuple
    captures: tuple
    outputs: tuple
    new_states: tuple

    def rewritten(self, replacements, sequences, captures):
        """The body with tensors replaced (see traversal.substitute), over these placeholders and its own states."""
        results = substitute(self.outputs + self.new_states, replacements)
        count = len(self.outputs)
        return Body(tuple(sequences), self.states, tuple(captures), results[:count], results[count:])


def scan(body, sequences, initial_states, captures, go_backwards=False):
    """Runs `body` over axis 1 of the sequences, first to last, or last to first when `go_backwards`.

    Inputs are sequences (batch, time, ...), initial states and captures, in the order of the body's placeholders.
    Returns one tensor for each of body.outputs, (batch, time, ...) in the order of iteration, then each final state.
    """
    _check_scan(sequences, initial_states)
    time = sequences[0].shape[1]
    specs = [((tensor.shape[0], time) + tensor.shape[1:], tensor.dtype) for tensor in body.outputs]
    specs += [(tensor.shape, tensor.dtype) for tensor in initial_states]
    inputs = tuple(sequences) + tuple(initial_states) + tuple(captures)
    return Operation("scan", inputs, {"body": body, "go_backwards": go_backwards}, specs).outputs


def _check_scan(sequences, states):
    """Raises ShapeMismatch unless the sequences have one number of time steps, from 1 on, and all one of samples."""
    batches = {tensor.shape[0] for tensor in list(sequences) + list(states)} - {None}
    times = {tensor.shape[1] for tensor in sequences} - {None}
    if len(batches) > 1 or len(times) > 1 or 0 in times:
        shapes = tuple(", ".join(str(each.shape) for each in given) or "none" for given in (sequences, states))
        raise ShapeMismatch(
            "rnn: samples or time steps do not fit. Expected one number of samples, and one of time steps, from 1 on. "
            "Received sequences of %s, states of %s." % shapes
        )


def gradient(loss, wrt):
    """d sum(loss) / d each tensor of `wrt`, any tensors that loss depends on. Inputs: loss, then wrt."""
    if loss.dtype not in dtypes.FLOATS:
        raise TypeMismatch("gradient: loss is not a float. Expected a float tensor. Received %r." % (loss,))
    sources = {tensor.operation for tensor in wrt}
    reached = depends_on([loss], sources)
    for tensor in wrt:
        if tensor.operation not in reached:
            raise ShapeMismatch("gradient: loss does not depend on %r. Expected a tensor that it uses." % (tensor,))
    specs = [(tensor.shape, tensor.dtype) for tensor in wrt]
    return Operation("gradient", (loss,) + tuple(wrt), {}, specs).outputs


def stop_gradient(x):
    """x, through which no gradient flows."""
    return _single("stop_gradient", (x,), {}, x.shape, x.dtype)
