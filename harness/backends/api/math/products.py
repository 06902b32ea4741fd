"""Linear algebra: products of tensors, and rows by number."""

from harness.backends.api.arguments import checks, shapes
from harness.backends.errors import ShapeMismatch
from harness.backends.graph import operators, primitives, shape_rules
from harness.backends.graph.dynamic_sizes import DimensionOf
from harness.backends.plain_values import listed, several


def dot(x, y):
    """Matrix product; for more axes, the last axis of x with the second to last of y.

    result.shape = x.shape[:-1] + y.shape[:-2] + y.shape[-1:]

    Parameters
    ----------
    x, y : tensors, floats     x may be sparse
    Returns
    -------
    tensor, result.shape, the wider dtype; of a vector y, its one axis is summed: x.shape[:-1]; of a scalar, the product
    Raises
    ------
    ShapeMismatch              inner dimensions differ
    TypeMismatch               integers or bools

    Notes
    -----
    Differs: vectors and scalars are taken by Theano only under Keras 1.2.2; here by all.
    Source:  keras 1.2.2, keras/backend/theano_backend.py, dot.
    """
    x, y = operators.promote(checks.of_floats("dot", x), checks.of_floats("dot", y, "y"))
    if 0 in (x.ndim, y.ndim):
        return operators.binary("multiply", x, y, op="dot")
    if 1 in (x.ndim, y.ndim):
        return _with_vector(x, y)
    return primitives.dot(x, y)


def _with_vector(x, y):
    """The product of two tensors, one of them a vector at least."""
    row = primitives.expand_dims(x, 0) if x.ndim == 1 else x
    column = primitives.expand_dims(y, 1) if y.ndim == 1 else y
    product = primitives.dot(row, column)
    if y.ndim == 1:
        product = primitives.squeeze(product, product.ndim - 1)
    return primitives.squeeze(product, 0) if x.ndim == 1 else product


def batch_dot(x, y, axes=None):
    """The product of each sample of x with the same sample of y, summed over one axis of each, or several.

    Parameters
    ----------
    x, y : tensors, (batch, ...), 2 axes or more, floats
    axes : int, pair or None     the axis of x and that of y that are summed, each an int or a list of ints; an int is
                                 both; None: the last of x and the second to last of y (the last, if y has 2 axes)
    Returns
    -------
    tensor, x.shape without its axes + y.shape without its axes and the batch; (batch, 1) where only the batch is left
    Raises
    ------
    ShapeMismatch    fewer than 2 axes, batches or summed sizes differ, no such axis, or 0 of more than 2 axes

    Notes
    -----
    Numerics: of two matrices axis 0 may be summed too: the axis that is left is the batch then. batch_dot(x, y, axes=0)
              of two (32, 20) is (20, 1), as is axes=(0, 1) of (32, 20) and (20, 32).
    Differs:  Keras 1.2.2 takes axis 0 under TensorFlow only, there of matrices: as here. Of other axes than the last
              two, differing ranks and lists of axes Theano alone makes sense: as here.
    Source:   keras 1.2.2, keras/backend/theano_backend.py, batch_dot.
    """
    op = "batch_dot"
    x, y = operators.promote(
        checks.at_least(op, checks.of_floats(op, x), 2, "x", "(batch, ...)"),
        checks.at_least(op, checks.of_floats(op, y, "y"), 2, "y", "(batch, ...)"),
    )
    of_x, of_y = _summed(x, y, axes)
    (x, of_x), (y, of_y) = _batch_first(x, of_x), _batch_first(y, of_y)
    checks.same_size(op, ("x", x), ("y", y))
    left, left_rest = _as_matrices(x, of_x, last=True)
    right, right_rest = _as_matrices(y, of_y, last=False)
    product = primitives.batched_dot(left, right)
    rest = [(0, axis) for axis in left_rest] + [(1, axis) for axis in right_rest]
    return _unfolded(product, (x, y), rest)


def _summed(x, y, axes):
    """(axes of x, axes of y), tuples of one length, that batch_dot sums over."""
    if axes is None:
        axes = (x.ndim - 1, y.ndim - 2 if y.ndim > 2 else y.ndim - 1)
    pair = listed(axes)
    pair = [axes, axes] if pair is None else pair
    if len(pair) != 2:
        raise ShapeMismatch("batch_dot: axes is no pair. Expected one entry for x, one for y. Received %s." % (axes,))
    of_x, of_y = _numbers(pair[0], x), _numbers(pair[1], y)
    matrices = x.ndim == y.ndim == 2
    sizes_ = [(x.shape[one], y.shape[other]) for one, other in zip(of_x, of_y)]
    fit = all(None in each or each[0] == each[1] for each in sizes_)
    if len(of_x) != len(of_y) or not fit or (not matrices and 0 in of_x + of_y):
        raise ShapeMismatch(
            "batch_dot: axes do not fit. Expected as many axes of each, equal in size, and 0, the batch, of matrices "
            "only. Received x.shape=%s, y.shape=%s, axes=%r." % (x.shape, y.shape, axes)
        )
    return of_x, of_y


def _numbers(axes, x):
    """An entry of batch_dot's axes as a tuple of axes, each once, counted from 0."""
    found = tuple(shape_rules.normalize_axis("batch_dot", axis, x.ndim) for axis in several(axes))
    if not found or len(set(found)) != len(found):
        raise ShapeMismatch(
            "batch_dot: axes do not fit. Expected one or more, each once. Received axes=%r for x.shape=%s."
            % (axes, x.shape)
        )
    return found


def _batch_first(x, axes):
    """x and its summed axes; a matrix that is summed over axis 0 is transposed."""
    return (primitives.transpose(x, (1, 0)), (1,)) if axes == (0,) else (x, axes)


def _as_matrices(x, axes, last):
    """(x as (batch, others, axes) or (batch, axes, others), the other axes)."""
    others = [each for each in range(1, x.ndim) if each not in axes]
    pattern = (0, *others, *axes) if last else (0, *axes, *others)
    turned = primitives.transpose(x, pattern) if pattern != tuple(range(x.ndim)) else x
    before, after = (len(others), len(axes)) if last else (len(axes), len(others))
    return _merged(_merged(turned, 1, before), 2, after), others


def _merged(x, axis, count):
    """x with `count` axes from `axis` on as one; a new one of size 1, if there are none."""
    if count == 1:
        return x
    if count == 0:
        return primitives.expand_dims(x, axis)
    kept = [DimensionOf(each) for each in range(x.ndim)]
    return primitives.reshape(x, (*kept[:axis], -1, *kept[axis + count :]))


def _unfolded(product, tensors, rest):
    """(batch, n, m) with the axes that n and m were made of: `rest` lists them as (tensor's number, axis)."""
    if [number for number, _ in rest] == [0, 1]:
        return product
    wanted = tuple(tensors[number].shape[axis] for number, axis in rest) or (1,)
    if None in wanted:
        wanted, tensors = _unknown(tensors, rest)
    else:
        tensors = ()
    return primitives.reshape(product, (DimensionOf(0),) + wanted, tensors)


def _unknown(tensors, rest):
    """Sizes of `rest` as entries of a shape attribute whose sources begin with the product."""
    entries = [shapes.unknown_as_dimensions(tensor, number + 1) for number, tensor in enumerate(tensors)]
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
        shape_rules.check_rows(indices.operation.attributes["value"], reference.shape[0] if known else float("inf"))
    return primitives.gather(reference, indices)
