"""Linear algebra: products of tensors, and rows by number."""

from harness.backends import operators, primitives, rows, shapes
from harness.backends.api import checks, sizes
from harness.backends.errors import ShapeMismatch
from harness.backends.plain import listed


def dot(x, y):
    """Matrix product; for more axes, the last axis of x with the second to last of y.

    result.shape = x.shape[:-1] + y.shape[:-2] + y.shape[-1:]

    Parameters
    ----------
    x, y : tensors, 2 axes or more, floats     x may be sparse
    Returns
    -------
    tensor, result.shape, the wider dtype
    Raises
    ------
    ShapeMismatch                              inner dimensions differ, or a rank is below 2
    TypeMismatch                               integers or bools

    Notes
    -----
    Differs: vectors are taken by Theano only under Keras 1.2.2; here by none, as under TensorFlow.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, dot.
    """
    x, y = operators.promote(checks.of_floats("dot", x), checks.of_floats("dot", y, "y"))
    return primitives.dot(x, y)


def batch_dot(x, y, axes=None):
    """The product of each sample of x with the same sample of y, summed over one axis of each.

    Parameters
    ----------
    x, y : tensors, (batch, ...), 2 axes or more, floats
    axes : int, pair of int or None     the axis of x and that of y that are summed; an int is both; None: the last
                                        of x and the second to last of y (the last, if y has 2 axes)
    Returns
    -------
    tensor, x.shape without its axis + y.shape without its axis and the batch; (batch, 1) where only the batch is left
    Raises
    ------
    ShapeMismatch    fewer than 2 axes, batches or summed sizes differ, or no such axis: 0, the batch, is none

    Notes
    -----
    Differs: Keras 1.2.2 takes axis 0 of matrices under TensorFlow, with another result than for all others, and other
             axes than the last two, or differing ranks, under Theano only. Here every axis but the batch, whatever the
             ranks, as Theano does.
    Source:  keras 1.2.2, keras/backend/theano_backend.py, batch_dot.
    """
    x, y = operators.promote(
        checks.at_least("batch_dot", checks.of_floats("batch_dot", x), 2, "x", "(batch, ...)"),
        checks.at_least("batch_dot", checks.of_floats("batch_dot", y, "y"), 2, "y", "(batch, ...)"),
    )
    checks.same_size("batch_dot", ("x", x), ("y", y))
    summed = _summed(x, y, axes)
    left, left_rest = _as_matrices(x, summed[0], last=True)
    right, right_rest = _as_matrices(y, summed[1], last=False)
    product = primitives.batched_dot(left, right)
    rest = [(0, axis) for axis in left_rest] + [(1, axis) for axis in right_rest]
    return _unfolded(product, (x, y), rest)


def _summed(x, y, axes):
    """(axis of x, axis of y) that batch_dot sums over, from 1 on."""
    if axes is None:
        axes = (x.ndim - 1, y.ndim - 2 if y.ndim > 2 else y.ndim - 1)
    pair = listed(axes)
    first, second = checks.wholes("batch_dot", "axes", (axes, axes) if pair is None else pair, 2)
    found = shapes.normalize_axis("batch_dot", first, x.ndim), shapes.normalize_axis("batch_dot", second, y.ndim)
    sizes_ = x.shape[found[0]], y.shape[found[1]]
    if 0 in found or (None not in sizes_ and sizes_[0] != sizes_[1]):
        raise ShapeMismatch(
            "batch_dot: axes do not fit. Expected equal sizes, and axes behind the batch. Received x.shape=%s, "
            "y.shape=%s, axes=%r." % (x.shape, y.shape, axes)
        )
    return found


def _as_matrices(x, axis, last):
    """(x as (batch, others, axis) or (batch, axis, others), the other axes)."""
    others = [each for each in range(1, x.ndim) if each != axis]
    if x.ndim == 2:
        return primitives.expand_dims(x, 1 if last else 2), others
    pattern = (0, *others, axis) if last else (0, axis, *others)
    x = primitives.transpose(x, pattern) if pattern != tuple(range(x.ndim)) else x
    if x.ndim == 3:
        return x, others
    batch, kept = primitives.DimensionOf(0), primitives.DimensionOf(x.ndim - 1 if last else 1)
    return primitives.reshape(x, (batch, -1, kept) if last else (batch, kept, -1)), others


def _unfolded(product, tensors, rest):
    """(batch, n, m) with the axes that n and m were made of: `rest` lists them as (tensor's number, axis)."""
    if [number for number, _ in rest] == [0, 1]:
        return product
    wanted = tuple(tensors[number].shape[axis] for number, axis in rest) or (1,)
    if None in wanted:
        wanted, tensors = _unknown(tensors, rest)
    else:
        tensors = ()
    return primitives.reshape(product, (primitives.DimensionOf(0),) + wanted, tensors)


def _unknown(tensors, rest):
    """Sizes of `rest` as entries of a shape attribute whose sources begin with the product."""
    entries = [sizes.unknown_as_dimensions(tensor, number + 1) for number, tensor in enumerate(tensors)]
    return tuple(entries[number][axis] for number, axis in rest), tensors


def transpose(x):
    """`x` with its axes reversed.

    Returns
    -------
    tensor, x.shape reversed, x.dtype

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, transpose.
    """
    x = checks.tensor("transpose", x)
    return primitives.transpose(x, tuple(reversed(range(x.ndim))))


def gather(reference, indices):
    """Rows of `reference` along axis 0, by number.

    Parameters
    ----------
    reference : tensor, (rows, ...)
    indices : tensor, integers in [0, rows), any shape
    Returns
    -------
    tensor, indices.shape + reference.shape[1:]
    Raises
    ------
    TypeMismatch     indices are no integers
    ShapeMismatch    reference has no axis, or an index is outside [0, rows): of a constant when the graph is built, of
                     all else when it is called

    Notes
    -----
    Differs:  a negative index is no row, as under TensorFlow; Theano under Keras 1.2.2 counts it from the last row.
              On a GPU TensorFlow does not look at indices, and gives zeros for those that are no rows.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, gather.
    """
    reference = checks.at_least("gather", reference, 1, "reference")
    indices = checks.of_integers("gather", indices, "indices")
    if indices.operation.name == "constant":
        known = reference.shape[0] is not None
        rows.check(indices.operation.attributes["value"], reference.shape[0] if known else float("inf"))
    return primitives.gather(reference, indices)
