"""Reductions. `axis` is None (all axes), an int or a list of ints; negative axes count from the end.

All raise ShapeMismatch for an axis that is not there. Along an axis of size 0 a sum is 0, a product 1, a mean nan, any
False and all True; a call for the largest or smallest of no elements, or its place, is an error.
"""

from harness.backends import settings
from harness.backends.api.arguments import checks
from harness.backends.api.math.arithmetic import named
from harness.backends.graph import dtypes, operators, primitives, shape_rules


def _reduce(name, x, axis, keepdims, op=None):
    """A primitive of the name; messages begin with `op`, or the name."""
    axes = shape_rules.normalize_axes(op or name, axis, x.ndim)
    return primitives.reduction(name, x, axes, checks.flag(op or name, "keepdims", keepdims))


def _as_floats(x):
    """`x`, integers and bools as floatx."""
    return x if x.dtype in dtypes.FLOATS else operators.cast(x, settings.get("floatx"))


EXTREME_DOCSTRING = """%s element; ties share the gradient equally.

Parameters
----------
axis : int, list of int or None     None: all; negative axes count from the end
keepdims : bool                     keep the reduced axes, with size 1
Returns
-------
tensor, x.shape without the axes, x.dtype
Raises
------
ShapeMismatch                       no such axis

Notes
-----
Numerics: nan where one of the elements is nan; no gradient flows there. Of nothing there is none: along an axis of
          size 0 a call is an error.
Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, %s.
"""


def _extreme(name, which):
    """The largest element or the smallest."""

    def compute(x, axis=None, keepdims=False):
        return _reduce(name, checks.tensor(name, x), axis, keepdims)

    return named(compute, name, EXTREME_DOCSTRING % (which, name))


max = _extreme("max", "Largest")
min = _extreme("min", "Smallest")


def sum(x, axis=None, keepdims=False):
    """Sum of the elements.

    Parameters
    ----------
    axis : int, list of int or None     None: all; negative axes count from the end
    keepdims : bool                     keep the reduced axes, with size 1
    Returns
    -------
    tensor, x.shape without the axes, x.dtype; of bools int32
    Raises
    ------
    ShapeMismatch                       no such axis

    Notes
    -----
    Numerics: 0 along an axis of size 0.
    Differs:  Theano under Keras 1.2.2 sums small integers in int64; here as under TensorFlow.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, sum.
    """
    x = checks.tensor("sum", x)
    return _accumulated("sum", x, axis, keepdims)


def _accumulated(op, x, axis, keepdims):
    """A sum, product or mean of the elements of a tensor: of bools int32; of float16 in float32, rounded once."""
    wide = operators.cast(x, "int32") if x.dtype == "bool" else operators.widened(x)
    found = _reduce("product" if op == "prod" else op, wide, axis, keepdims, op)
    return operators.cast(found, x.dtype) if x.dtype == "float16" else found


def prod(x, axis=None, keepdims=False):
    """Product of the elements; the gradient of a factor is the product of all others, also where one is 0.

    Parameters
    ----------
    axis : int, list of int or None     None: all; negative axes count from the end
    keepdims : bool                     keep the reduced axes, with size 1
    Returns
    -------
    tensor, x.shape without the axes, x.dtype; of bools int32
    Raises
    ------
    ShapeMismatch                       no such axis

    Notes
    -----
    Numerics: 1 along an axis of size 0. Second gradients: see K.gradients; of a product over an axis whose size is not
              known when the gradient is made there is none (UnsupportedOperation).
    Differs:  Theano under Keras 1.2.2 multiplies small integers in int64; here as under TensorFlow.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, prod.
    """
    x = checks.tensor("prod", x)
    return _accumulated("prod", x, axis, keepdims)


def mean(x, axis=None, keepdims=False):
    """Arithmetic mean.

    Parameters
    ----------
    axis : int, list of int or None     None: all; negative axes count from the end
    keepdims : bool                     keep the reduced axes, with size 1
    Returns
    -------
    tensor, x.shape without the axes, x.dtype; of integers and bools floatx
    Raises
    ------
    ShapeMismatch                       no such axis

    Notes
    -----
    Numerics: nan along an axis of size 0.
    Source:   keras 1.2.2, keras/backend/theano_backend.py, mean.
    """
    return _accumulated("mean", _as_floats(checks.tensor("mean", x)), axis, keepdims)


def var(x, axis=None, keepdims=False):
    """Variance of the population: the mean of squared differences from the mean.

    Parameters
    ----------
    axis : int, list of int or None     None: all; negative axes count from the end
    keepdims : bool                     keep the reduced axes, with size 1
    Returns
    -------
    tensor, x.shape without the axes, x.dtype; of integers and bools floatx
    Raises
    ------
    ShapeMismatch                       no such axis

    Notes
    -----
    Numerics: nan along an axis of size 0.
    Differs:  under Keras 1.2.2 what integers and bools give is left to the library.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, var.
    """
    x = _as_floats(checks.tensor("var", x))
    return operators.cast(_variance("var", x, axis, keepdims), x.dtype)


def _variance(op, x, axis, keepdims):
    """The variance of floats; that of float16 in float32, which has room for the squares."""
    x = operators.widened(x)
    axis = shape_rules.normalize_axes(op, axis, x.ndim)
    differences = x - _reduce("mean", x, axis, True, op)
    return _reduce("mean", primitives.unary("square", differences), axis, keepdims, op)


def std(x, axis=None, keepdims=False):
    """Standard deviation of the population, the square root of `var`; its gradient is 0 where the variance is 0.

    Parameters
    ----------
    axis : int, list of int or None     None: all; negative axes count from the end
    keepdims : bool                     keep the reduced axes, with size 1
    Returns
    -------
    tensor, x.shape without the axes, x.dtype; of integers and bools floatx
    Raises
    ------
    ShapeMismatch                       no such axis

    Notes
    -----
    Numerics: nan along an axis of size 0.
    Differs:  under Keras 1.2.2 what integers and bools give is left to the library.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, std.
    """
    x = _as_floats(checks.tensor("std", x))
    return operators.cast(primitives.unary("sqrt", _variance("std", x, axis, keepdims)), x.dtype)


def any(x, axis=None, keepdims=False):
    """Whether one element is not 0.

    Parameters
    ----------
    axis : int, list of int or None     None: all; negative axes count from the end
    keepdims : bool                     keep the reduced axes, with size 1
    Returns
    -------
    tensor, x.shape without the axes, bool
    Raises
    ------
    ShapeMismatch                       no such axis

    Notes
    -----
    Numerics: False along an axis of size 0.
    Differs:  TensorFlow under Keras 1.2.2 gives uint8; here bool as Theano, which every function takes as a condition.
    Source:   keras 1.2.2, keras/backend/theano_backend.py, any.
    """
    x = checks.tensor("any", x)
    found = _reduce("sum", operators.cast(operators.truth(x), "int32"), axis, keepdims, "any")
    return operators.comparison("greater", found, 0)


def all(x, axis=None, keepdims=False):
    """Whether no element is 0.

    Parameters
    ----------
    axis : int, list of int or None     None: all; negative axes count from the end
    keepdims : bool                     keep the reduced axes, with size 1
    Returns
    -------
    tensor, x.shape without the axes, bool
    Raises
    ------
    ShapeMismatch                       no such axis

    Notes
    -----
    Numerics: True along an axis of size 0.
    Differs:  TensorFlow under Keras 1.2.2 gives uint8; here bool as Theano, which every function takes as a condition.
    Source:   keras 1.2.2, keras/backend/theano_backend.py, all.
    """
    x = checks.tensor("all", x)
    missing = _reduce("sum", operators.cast(operators.comparison("equal", x, 0), "int32"), axis, keepdims, "all")
    return operators.comparison("equal", missing, 0)


def argmax(x, axis=-1):
    """Index of the largest element along `axis`; the first of equals.

    Returns
    -------
    tensor, x.shape without the axis, int64
    Raises
    ------
    ShapeMismatch     no such axis

    Notes
    -----
    Numerics: the first nan, if there is one. Of nothing there is none: along an axis of size 0 a call is an error.
    Differs:  TensorFlow passes over nan; here as NumPy and Theano, so that no nan is hidden.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, argmax.
    """
    return _place("argmax", checks.tensor("argmax", x), axis)


def _place(op, x, axis):
    """The index of the largest element of a tensor."""
    return primitives.argmax(x, shape_rules.normalize_axis(op, axis, x.ndim))


def argmin(x, axis=-1):
    """Index of the smallest element along `axis`; the first of equals.

    Returns
    -------
    tensor, x.shape without the axis, int64
    Raises
    ------
    ShapeMismatch     no such axis

    Notes
    -----
    Numerics: the first nan, if there is one. Of nothing there is none: along an axis of size 0 a call is an error.
    Differs:  TensorFlow passes over nan; here as NumPy and Theano, so that no nan is hidden.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, argmin.
    """
    x = checks.tensor("argmin", x)
    x = operators.cast(x, "int32") if x.dtype in ("bool", "uint8") else x
    # -1 - x turns the order of all integers around, the smallest too, whose negative is not there
    turned = primitives.unary("negative", x) if x.dtype in dtypes.FLOATS else -1 - x
    return _place("argmin", turned, axis)
