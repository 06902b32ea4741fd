"""x @ y as NumPy has it: vectors are a row and a column, and the axes before the last two broadcast."""

from harness.backends.errors import ShapeMismatch, TypeMismatch
from harness.backends.graph import dtypes, primitives, shape_rules
from harness.backends.graph.dynamic_sizes import DimensionOf


def matrix_product(x, y):
    """The product of two tensors of one dtype.

    Raises
    ------
    TypeMismatch      integers or bools
    ShapeMismatch     a scalar, or sizes that do not fit
    """
    if x.dtype not in dtypes.FLOATS:
        raise TypeMismatch("matmul: no floats. Expected floats. Received %s. Use K.cast." % x.dtype)
    if not x.ndim or not y.ndim:
        raise ShapeMismatch("matmul: a scalar. Expected 1 axis or more. Received %s and %s." % (x.shape, y.shape))
    rows = x if x.ndim > 1 else primitives.expand_dims(x, 0)
    columns = y if y.ndim > 1 else primitives.expand_dims(y, 1)
    product = primitives.dot(rows, columns) if columns.ndim == 2 else _batched(rows, columns)
    product = product if x.ndim > 1 else primitives.squeeze(product, product.ndim - 2)
    return product if y.ndim > 1 else primitives.squeeze(product, product.ndim - 1)


def _batched(x, y):
    """The matrix products over all axes before the last two."""
    x, y = _spread(x, y), _spread(y, x)
    folded = [primitives.reshape(each, (-1,) + _sizes(each)[-2:]) for each in (x, y)]
    product = primitives.batched_dot(*folded)
    return primitives.reshape(product, _sizes(x, 1)[:-1] + (_sizes(y, 2)[-1],), (x, y))


def _spread(x, y):
    """x with the axes of y before the last two."""
    lead = shape_rules.broadcast("matmul", x.shape[:-2], y.shape[:-2])
    if x.shape[:-2] == lead and None not in lead:
        return x
    return primitives.binary("add", x, primitives.fill(y, _sizes(y)[:-2] + (1, 1), 0, x.dtype), "matmul")


def _sizes(x, source=0):
    """The shape of x as a shape attribute, x being input number `source`."""
    return tuple(DimensionOf(axis, source) if size is None else size for axis, size in enumerate(x.shape))
