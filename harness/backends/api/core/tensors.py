"""Making tensors, and their shape, dtype and kind."""

import numpy as np

from harness.backends.api.arguments import checks, shapes
from harness.backends.api.core.compiled import Function
from harness.backends.api.core.sparse import as_array
from harness.backends.api.math.random import generator, limits
from harness.backends.errors import ShapeMismatch, TypeMismatch, shown
from harness.backends.graph import dtypes, operators, primitives, shape_rules
from harness.backends.graph.traversal import always_inputs, schedule


def variable(value, dtype=None, name=None):
    """State that functions read and updates change.

    Parameters
    ----------
    value : array, number, nested list, or a sparse matrix of SciPy's      its first value
    dtype : str or None                                                    None: floatx
    Returns
    -------
    tensor, np.shape(value)
    Raises
    ------
    TypeMismatch      dtype is not known, or value is no array of numbers

    Notes
    -----
    Differs: TensorFlow under Keras 1.2.2 makes int8 of uint8 by mistake, and constants of sparse matrices.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, variable.
    """
    return _variable("variable", value, dtype, name)


def _variable(op, value, dtype, name):
    array = checks.array(op, as_array(value), "value")
    sparse = hasattr(value, "tocoo")
    made = primitives.variable(array, checks.dtype(op, dtype), checks.label(op, "name", name), sparse=sparse)
    return _as_keras_makes_it(made)


def _as_keras_makes_it(tensor):
    """With the attributes that a model library expects of variables and placeholders."""
    tensor._keras_shape = tensor.shape
    tensor._uses_learning_phase = False
    tensor.name = tensor.name or "%s_%d" % (tensor.operation.name, tensor.operation.serial)
    return tensor


def placeholder(shape=None, ndim=None, dtype=None, sparse=False, name=None):
    """An input of a function.

    Parameters
    ----------
    shape : tuple of int or None        None for a size known only at the call
    ndim : int                          number of axes, all of unknown size; beside shape it must be its length
    dtype : str or None                 None: floatx
    sparse : bool                       a function is given sparse matrices of SciPy's, or dense ones; 2 axes
    Returns
    -------
    tensor, shape, dtype
    Raises
    ------
    ShapeMismatch                       neither shape nor ndim is given, or both and they differ, or sparse and not 2
                                        axes
    TypeMismatch                        dtype is not known, or a size is no integer

    Notes
    -----
    Differs: with neither, Keras 1.2.2 makes a tensor of unknown rank under TensorFlow; the rank is always known here.
    Source:  keras 1.2.2, keras/backend/theano_backend.py, placeholder.
    """
    if shape is None and ndim is None:
        raise ShapeMismatch("placeholder: rank unknown. Expected shape or ndim. Received neither. Give one of them.")
    op = "placeholder"
    given = _static_sizes(op, shape, ndim)
    sparse = checks.flag(op, "sparse", sparse)
    if sparse and len(given) != 2:
        raise ShapeMismatch("placeholder: not a matrix. Expected 2 axes if sparse. Received shape=%s." % (given,))
    name = checks.label(op, "name", name)
    return _as_keras_makes_it(primitives.placeholder(given, checks.dtype(op, dtype), name, sparse))


def _static_sizes(op, shape, ndim):
    """The sizes of a placeholder; `shape` wins over `ndim`, which must be right all the same."""
    rank = None if ndim is None else checks.whole(op, "ndim", ndim, 0)
    given = (None,) * rank if shape is None else checks.listed(op, shape, "shape", "a tuple of ints and None")
    if rank not in (None, len(given)):
        raise ShapeMismatch("%s: ndim differs. Expected that of shape=%s. Received ndim=%d." % (op, shown(shape), rank))
    return tuple(None if size is None else checks.whole(op, "a size of shape", size, 0) for size in given)


def _filled(op, shape, value, dtype, name):
    sizes_ = checks.static_shape(op, shape)
    name = checks.label(op, "name", name)
    return _as_keras_makes_it(primitives.filled_variable(sizes_, value, checks.dtype(op, dtype), name))


def zeros(shape, dtype=None, name=None):
    """A variable of zeros.

    Parameters
    ----------
    shape : tuple of int
    Returns
    -------
    variable, shape, dtype     dtype None: floatx
    Raises
    ------
    TypeMismatch               shape is no tuple of ints, or dtype is not known
    ShapeMismatch              a size is negative

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, zeros.
    """
    return _filled("zeros", shape, 0, dtype, name)


def ones(shape, dtype=None, name=None):
    """A variable of ones.

    Parameters
    ----------
    shape : tuple of int
    Returns
    -------
    variable, shape, dtype     dtype None: floatx
    Raises
    ------
    TypeMismatch               shape is no tuple of ints, or dtype is not known
    ShapeMismatch              a size is negative

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, ones.
    """
    return _filled("ones", shape, 1, dtype, name)


def eye(size, dtype=None, name=None):
    """A variable with the unit matrix.

    Returns
    -------
    variable, (size, size), dtype     dtype None: floatx
    Raises
    ------
    TypeMismatch                      size is no integer, or dtype is not known
    ShapeMismatch                     size is negative

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, eye.
    """
    return _variable("eye", np.eye(checks.whole("eye", "size", size, 0)), dtype, name)


def random_uniform_variable(shape, low, high, dtype=None, name=None, seed=None):
    """A variable of uniform draws in [low, high), made once by NumPy.

    Parameters
    ----------
    shape : tuple of int
    low, high : numbers
    seed : int or None         None: NumPy's global state draws
    Returns
    -------
    variable, shape, dtype     dtype None: floatx
    Raises
    ------
    TypeMismatch               a size or seed is no integer, a limit no number, or dtype not known
    ShapeMismatch              a size is negative, high < low, one of them is not finite, or seed is not in [0, 2^31)

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, random_uniform_variable.
    """
    op = "random_uniform_variable"
    sizes_ = checks.static_shape(op, shape)
    return _variable(op, generator(op, seed).uniform(*limits(op, low, high), sizes_), dtype, name)


def random_normal_variable(shape, mean, scale, dtype=None, name=None, seed=None):
    """A variable of normal draws, made once by NumPy.

    Parameters
    ----------
    shape : tuple of int
    mean, scale : numbers      scale is the standard deviation
    seed : int or None         None: NumPy's global state draws
    Returns
    -------
    variable, shape, dtype     dtype None: floatx
    Raises
    ------
    TypeMismatch               a size or seed is no integer, mean or scale no number, or dtype not known
    ShapeMismatch              a size or scale is negative, mean or scale is not finite, or seed is not in [0, 2^31)

    Notes
    -----
    Differs: Theano under Keras 1.2.2 leaves the mean at 0.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, random_normal_variable.
    """
    op = "random_normal_variable"
    sizes_ = checks.static_shape(op, shape)
    mean, scale = checks.finite(op, "mean", mean), checks.finite(op, "scale", scale, least=0)
    return _variable(op, generator(op, seed).normal(mean, scale, sizes_), dtype, name)


def _filled_like(op, x, value, dtype):
    x = checks.tensor(op, x)
    wanted = x.dtype if dtype is None else checks.dtype(op, dtype)
    return primitives.fill(x, shapes.unknown_as_dimensions(x), value, wanted)


def zeros_like(x, dtype=None, name=None):
    """Zeros in the shape of `x`: an expression, not a variable.

    Returns
    -------
    tensor, x.shape, dtype     dtype None: x's

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, zeros_like.
    """
    return _filled_like("zeros_like", x, 0, dtype)


def ones_like(x, dtype=None, name=None):
    """Ones in the shape of `x`: an expression, not a variable.

    Returns
    -------
    tensor, x.shape, dtype     dtype None: x's

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, ones_like.
    """
    return _filled_like("ones_like", x, 1, dtype)


def shape(x):
    """The shape that `x` has when the graph runs.

    Returns
    -------
    tensor, (ndim,), int32

    Notes
    -----
    Differs: int64 under Theano; here int32 as under TensorFlow. An element of it may stand in the shape of K.reshape,
             K.random_uniform and K.random_normal.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, shape.
    """
    return primitives.sizes(checks.tensor("shape", x))


def int_shape(x):
    """The static shape.

    Returns
    -------
    tuple of ints     None where the size is known only when the graph runs

    Notes
    -----
    Numerics: what a model library has written to `_keras_shape` wins, as under Theano in Keras 1.2.2.
    Differs:  Theano under Keras 1.2.2 knows the shape of few tensors; here every operation has a rule for it.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, int_shape.
    """
    x = checks.tensor("int_shape", x)
    return tuple(getattr(x, "_keras_shape", x.shape))


def ndim(x):
    """Number of axes.

    Returns
    -------
    int

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, ndim.
    """
    return checks.tensor("ndim", x).ndim


def dtype(x):
    """dtype of a tensor, e.g. 'float32'.

    Returns
    -------
    str

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, dtype.
    """
    return checks.tensor("dtype", x).dtype


def count_params(x):
    """Number of elements.

    Returns
    -------
    int
    Raises
    ------
    ShapeMismatch    a size of x is unknown

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, count_params.
    """
    x = checks.tensor("count_params", x)
    total = shape_rules.product(x.shape)
    if total is None:
        raise ShapeMismatch("count_params: a size is unknown. Expected a static shape. Received %s." % (x.shape,))
    return total


def is_keras_tensor(x):
    """Whether a model library, K.variable or K.placeholder has given `x` a `_keras_shape`.

    Returns
    -------
    bool

    Notes
    -----
    Differs: Keras 1.2.2 says of variables that they are none, and finds that they are.
    Source:  keras 1.2.2, keras/backend/common.py, is_keras_tensor.
    """
    return hasattr(x, "_keras_shape")


def cast(x, dtype):
    """`x` as `dtype`; float to integer truncates towards 0, to 'bool' is x != 0.

    Returns
    -------
    tensor, x.shape, dtype
    Raises
    ------
    TypeMismatch     x is no tensor, or dtype is not known

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, cast.
    """
    return operators.cast(checks.tensor("cast", x), dtypes.checked_dtype(dtype, "cast"))


def eval(x):
    """The value of a tensor that depends on no placeholder; dense, if it is sparse.

    Returns
    -------
    numpy array, x.shape, x.dtype
    Raises
    ------
    TypeMismatch     a placeholder is needed

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, eval.
    """
    return evaluated("eval", checks.tensor("eval", x))


def evaluated(op, x):
    """The value of a tensor that depends on no placeholder."""
    needed = [each for each in schedule([x], always_inputs) if each.name == "placeholder"]
    if needed:
        raise TypeMismatch(
            "%s: a placeholder is needed. Expected a tensor of variables and constants alone. Received one of %r. "
            "Use K.function." % (op, needed[0].outputs[0])
        )
    return Function([], [x], [])([])[0]
