"""Making tensors and asking about them."""

from harness.backends import active, operators, primitives, settings, shapes
from harness.backends.errors import ShapeMismatch


def variable(value, dtype=None, name=None):
    """State that functions read and updates change.

    Parameters
    ----------
    value : array, number or nested list      its first value
    dtype : str or None                       None: floatx
    Returns
    -------
    tensor, np.shape(value)

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, variable.
    """
    return primitives.variable(value, dtype or settings.get("floatx"), name)


def placeholder(shape=None, ndim=None, dtype=None, name=None):
    """An input of a function.

    Parameters
    ----------
    shape : tuple of int or None        None for a size known only at the call; wins over ndim
    ndim : int                          number of axes, all of unknown size
    Returns
    -------
    tensor, shape, dtype (floatx if None)
    Raises
    ------
    ShapeMismatch                       neither shape nor ndim is given

    Notes
    -----
    Differs: with neither, Keras 1.2.2 makes a tensor of unknown rank under TensorFlow; the rank is always known here.
    Source:  keras 1.2.2, keras/backend/theano_backend.py, placeholder.
    """
    if shape is None and ndim is None:
        raise ShapeMismatch("placeholder: rank unknown. Expected shape or ndim. Received neither. Give one of them.")
    return primitives.placeholder((None,) * ndim if shape is None else shape, dtype or settings.get("floatx"), name)


def zeros(shape, dtype=None, name=None):
    """A variable of zeros, `shape` a tuple of ints."""
    return primitives.filled_variable(shape, 0, dtype or settings.get("floatx"), name)


def ones(shape, dtype=None, name=None):
    """A variable of ones, `shape` a tuple of ints."""
    return primitives.filled_variable(shape, 1, dtype or settings.get("floatx"), name)


def _filled_like(x, value, dtype):
    sizes = [primitives.DimensionOf(axis) if size is None else size for axis, size in enumerate(x.shape)]
    return primitives.fill(x, sizes, value, dtype or x.dtype)


def zeros_like(x, dtype=None, name=None):
    """Zeros in the shape of `x`: an expression, not a variable; dtype None is x's."""
    return _filled_like(x, 0, dtype)


def ones_like(x, dtype=None, name=None):
    """Ones in the shape of `x`: an expression, not a variable; dtype None is x's."""
    return _filled_like(x, 1, dtype)


def int_shape(x):
    """The static shape: a tuple of ints, None where the size is known only when the graph runs."""
    return x.shape


def ndim(x):
    """Number of axes, an int."""
    return x.ndim


def dtype(x):
    """dtype as a string, e.g. 'float32'."""
    return x.dtype


def count_params(x):
    """Number of elements, an int.

    Raises
    ------
    ShapeMismatch    a size of x is unknown
    """
    total = shapes.product(x.shape)
    if total is None:
        raise ShapeMismatch("count_params: a size is unknown. Expected a static shape. Received %s." % (x.shape,))
    return total


def cast(x, dtype):
    """`x` as `dtype`; float to integer truncates towards 0, to 'bool' is x != 0."""
    return operators.cast(operators.as_tensor(x), dtype)


def eval(x):
    """The numpy value of a tensor that depends on no placeholder."""
    return active.engine().function([], [x], [])([])[0]
