"""Arguments of K's functions: made what the primitives take, or refused in one sentence."""

import numbers

import numpy as np

from harness.backends import operators, shapes
from harness.backends.errors import ShapeMismatch, TypeMismatch
from harness.backends.graph import Tensor

LONGEST = 100  # characters of a value in a message


def tensor(op, x, name="x"):
    """`x` as a tensor: itself, or a constant of a number or an array.

    Raises
    ------
    TypeMismatch      anything else
    """
    if isinstance(x, Tensor):
        return x
    if not isinstance(x, (numbers.Number, np.ndarray, np.generic)):
        raise TypeMismatch(
            "%s: %s is not a tensor. Expected a tensor, a number or an array. Received %s=%r." % (op, name, name, x)
        )
    return operators.as_tensor(x)


def array(op, value, name):
    """`value` as an array of numbers.

    Raises
    ------
    TypeMismatch      it holds something else, or its rows are not of one length
    """
    try:
        found = np.asarray(value)
    except ValueError:
        found = None
    if found is None or found.dtype.kind not in "fiub":
        raise TypeMismatch(
            "%s: %s is no array of numbers. Expected numbers, in rows of one length. Received %s."
            % (op, name, shown(value))
        )
    return found


def shown(value):
    """A value as a message shows it: on one line, and not endless."""
    text = " ".join(repr(value).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def tensors(op, values, name="tensors"):
    """A list of one tensor or more.

    Raises
    ------
    TypeMismatch      no list or tuple, or something in it is no tensor
    ShapeMismatch     it is empty
    """
    if not isinstance(values, (list, tuple)):
        raise TypeMismatch("%s: %s is not a list. Expected a list of tensors. Received %r." % (op, name, values))
    if not values:
        raise ShapeMismatch("%s: %s is empty. Expected one tensor or more. Received %s=[]." % (op, name, name))
    return [tensor(op, value, "%s[%d]" % (name, place)) for place, value in enumerate(values)]


def ranked(op, x, ndim, name="x", meaning=""):
    """`x` as a tensor of `ndim` axes, an int or a tuple of those allowed; `meaning` says what they are.

    Raises
    ------
    TypeMismatch      not a tensor
    ShapeMismatch     another number of axes
    """
    x = tensor(op, x, name)
    allowed = ndim if isinstance(ndim, tuple) else (ndim,)
    if x.ndim not in allowed:
        raise ShapeMismatch(
            "%s: wrong number of axes. Expected %s axes%s. Received %s.shape=%s."
            % (op, " or ".join(map(str, allowed)), meaning and ", " + meaning, name, x.shape)
        )
    return x


def at_least(op, x, ndim, name="x", meaning=""):
    """`x` as a tensor of `ndim` axes or more.

    Raises
    ------
    TypeMismatch      not a tensor
    ShapeMismatch     fewer axes
    """
    x = tensor(op, x, name)
    if x.ndim < ndim:
        raise ShapeMismatch(
            "%s: too few axes. Expected %d axes or more%s. Received %s.shape=%s."
            % (op, ndim, meaning and ", " + meaning, name, x.shape)
        )
    return x


def of_integers(op, x, name):
    """`x` as a tensor of integers.

    Raises
    ------
    TypeMismatch      floats or bools
    """
    x = tensor(op, x, name)
    if x.dtype in shapes.FLOATS or x.dtype == "bool":
        raise TypeMismatch(
            "%s: %s has no integers. Expected an integer dtype. Received %s. Use K.cast." % (op, name, x.dtype)
        )
    return x


def of_floats(op, x, name="x"):
    """`x` as a tensor of floats.

    Raises
    ------
    TypeMismatch      integers or bools
    """
    x = tensor(op, x, name)
    if x.dtype not in shapes.FLOATS:
        raise TypeMismatch(
            "%s: %s has no floats. Expected a float dtype. Received %s. Use K.cast." % (op, name, x.dtype)
        )
    return x


def choice(op, name, value, allowed):
    """`value`, which must be one of `allowed`.

    Raises
    ------
    ShapeMismatch     it is not
    """
    if value not in allowed:
        raise ShapeMismatch("%s: %s not known. Expected one of %s. Received %r." % (op, name, allowed, value))
    return value


def whole(op, name, value, least=None):
    """`value` as an int, not below `least`.

    Raises
    ------
    TypeMismatch      no integer
    ShapeMismatch     too small
    """
    if type(value) is not int and (not isinstance(value, numbers.Integral) or isinstance(value, bool)):
        raise TypeMismatch("%s: %s is not an integer. Expected an int. Received %s=%r." % (op, name, name, value))
    if least is not None and value < least:
        raise ShapeMismatch("%s: %s too small. Expected %d or more. Received %s=%d." % (op, name, least, name, value))
    return int(value)


def wholes(op, name, values, count, least=None):
    """`values` as a tuple of `count` ints, none below `least`.

    Raises
    ------
    TypeMismatch      no list or tuple, or something in it is no integer
    ShapeMismatch     another number of them, or one too small
    """
    if not isinstance(values, (list, tuple)):
        raise TypeMismatch("%s: %s is not a tuple. Expected %d ints. Received %s=%r." % (op, name, count, name, values))
    if len(values) != count:
        raise ShapeMismatch(
            "%s: %s has the wrong length. Expected %d ints. Received %s=%r." % (op, name, count, name, values)
        )
    return tuple(whole(op, name, value, least) for value in values)


def static_shape(op, shape):
    """`shape` as a tuple of ints from 0 on.

    Raises
    ------
    TypeMismatch      no list or tuple, or a size that is no integer, such as None
    ShapeMismatch     a negative size
    """
    if not isinstance(shape, (list, tuple)):
        raise TypeMismatch("%s: shape is not a tuple. Expected a tuple of ints. Received shape=%r." % (op, shape))
    return tuple(whole(op, "a size of shape", size, 0) for size in shape)
