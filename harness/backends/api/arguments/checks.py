"""Checks of arguments: each converts a value to what the primitives take, or raises an error of one sentence."""

import numbers

import numpy as np

from harness.backends import settings
from harness.backends.errors import ShapeMismatch, TypeMismatch, shown
from harness.backends.graph import dtypes, operators
from harness.backends.graph.nodes import Tensor
from harness.backends.plain_values import listed as in_order
from harness.backends.plain_values import plain


def tensor(op, x, name="x"):
    """`x` as a tensor: itself, or a constant of a number, an array or a nested list of numbers.

    Raises
    ------
    TypeMismatch      anything else
    """
    return x if isinstance(x, Tensor) else operators.as_tensor(x, None, op, name)


def array(op, value, name):
    """`value` as an array of numbers, each of which lies where the machine expects it.

    Raises
    ------
    TypeMismatch      it holds something else, its rows are not of one length, or some of its numbers are masked
    """
    if type(value) is np.ndarray and value.dtype.kind in "fiub" and value.flags.aligned:
        return value
    try:
        found = np.asarray(value)
    except (TypeError, ValueError):
        found = None
    if found is None or found.dtype.kind not in "fiub":
        raise TypeMismatch(
            "%s: %s is no array of numbers. Expected numbers, in rows of one length. Received %s."
            % (op, name, shown(value))
        )
    operators.refuse_mask(op, value, name)
    return found if found.flags.aligned else found.copy()


def listed(op, values, name, meaning):
    """`values` as a list or tuple, whose elements `meaning` tells of.

    Raises
    ------
    TypeMismatch      something else
    """
    found = in_order(values)
    if found is None:
        raise TypeMismatch("%s: %s is not a list. Expected %s. Received %s." % (op, name, meaning, shown(values)))
    return found


def tensors(op, values, name="tensors"):
    """A list of one tensor or more.

    Raises
    ------
    TypeMismatch      no list or tuple, or something in it is no tensor
    ShapeMismatch     it is empty
    """
    values = listed(op, values, name, "a list of tensors")
    if not values:
        raise ShapeMismatch("%s: %s is empty. Expected one tensor or more. Received %s=[]." % (op, name, name))
    return [tensor(op, value, "%s[%d]" % (name, place)) for place, value in enumerate(values)]


def variable(op, x, name="x"):
    """`x`, a variable.

    Raises
    ------
    TypeMismatch      something else
    """
    if not isinstance(x, Tensor) or not x.is_variable:
        raise TypeMismatch(
            "%s: %s is not a variable. Expected one made by K.variable. Received %s." % (op, name, shown(x))
        )
    return x


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


def filled(op, x, axes, name="x"):
    """`x`, a tensor that is not known to have nothing along one of the axes.

    Raises
    ------
    ShapeMismatch     it is
    """
    if 0 in [x.shape[axis] for axis in axes]:
        raise ShapeMismatch(
            "%s: no elements. Expected one or more along axis %s. Received %s.shape=%s."
            % (op, ", ".join(map(str, axes)), name, x.shape)
        )
    return x


def of_integers(op, x, name):
    """`x` as a tensor of integers.

    Raises
    ------
    TypeMismatch      floats or bools
    """
    x = tensor(op, x, name)
    if x.dtype in dtypes.FLOATS or x.dtype == "bool":
        raise TypeMismatch(
            "%s: %s has no integers. Expected an integer dtype. Received %s. Use K.cast." % (op, name, x.dtype)
        )
    return x


def of_floats(op, x, name="x"):
    """`x` as a tensor of floats; plain integers become floatx.

    Raises
    ------
    TypeMismatch      a tensor of integers or bools, plain bools
    """
    x = tensor(op, x if isinstance(x, Tensor) else _with_floats(x), name)
    if x.dtype not in dtypes.FLOATS:
        raise TypeMismatch(
            "%s: %s has no floats. Expected a float dtype. Received %s. Use K.cast." % (op, name, x.dtype)
        )
    return x


def _with_floats(value):
    """Plain integers as an array of floats, anything else as it is."""
    array = operators.plain_array(value)
    return value if array is None or array.dtype.kind not in "iu" else array.astype("float64")


def of_numbers(op, x, name="x"):
    """`x` as a tensor of integers or floats.

    Raises
    ------
    TypeMismatch      bools
    """
    x = tensor(op, x, name)
    if x.dtype == "bool":
        raise TypeMismatch(
            "%s: %s has no numbers. Expected integers or floats. Received %s of dtype bool. K.cast(%s, 'int32') makes "
            "it one." % (op, name, name, name)
        )
    return x


def same_size(op, one, other, axis=0):
    """Raises ShapeMismatch if two tensors, given as (name, tensor), are known to differ in size along an axis."""
    sizes = one[1].shape[axis], other[1].shape[axis]
    if None not in sizes and sizes[0] != sizes[1]:
        raise ShapeMismatch(
            "%s: sizes differ. Expected one size along axis %d. Received %s.shape=%s, %s.shape=%s."
            % (op, axis, one[0], one[1].shape, other[0], other[1].shape)
        )


def known(op, x, axis, name, meaning):
    """The size of x along an axis, `meaning`.

    Raises
    ------
    ShapeMismatch     it is not known
    """
    if x.shape[axis] is None:
        raise ShapeMismatch(
            "%s: %s unknown. Expected a static size along axis %d. Received %s.shape=%s."
            % (op, meaning, axis, name, x.shape)
        )
    return x.shape[axis]


def choice(op, name, value, allowed):
    """`value`, which must be one of `allowed`.

    Raises
    ------
    ShapeMismatch     it is not
    """
    value = plain(value)
    if not isinstance(value, str) or value not in allowed:
        raise ShapeMismatch(
            "%s: %s not known. Expected one of %s. Received %s." % (op, name, ", ".join(allowed), shown(value))
        )
    return value


def whole(op, name, value, least=None):
    """`value` as an int, not below `least`.

    Raises
    ------
    TypeMismatch      no integer
    ShapeMismatch     too small
    """
    value = plain(value)
    if type(value) is not int and (not isinstance(value, numbers.Integral) or isinstance(value, bool)):
        raise TypeMismatch("%s: %s is not an integer. Expected an int. Received %s." % (op, name, shown(value)))
    if least is not None and value < least:
        raise ShapeMismatch("%s: %s too small. Expected %d or more. Received %d." % (op, name, least, value))
    return int(value)


def wholes(op, name, values, count, least=None):
    """`values` as a tuple of `count` ints, none below `least`.

    Raises
    ------
    TypeMismatch      no list or tuple, or something in it is no integer
    ShapeMismatch     another number of them, or one too small
    """
    found = in_order(values)
    if found is None:
        raise TypeMismatch("%s: %s is not a tuple. Expected %d ints. Received %s." % (op, name, count, shown(values)))
    if len(found) != count:
        raise ShapeMismatch(
            "%s: %s has the wrong length. Expected %d ints. Received %s." % (op, name, count, shown(found))
        )
    return tuple(whole(op, name, value, least) for value in found)


def number(op, name, value, least=None, largest=None):
    """`value` as an int or a float, within [least, largest].

    Raises
    ------
    TypeMismatch      no number
    ShapeMismatch     beyond the limits
    """
    found = _as_number(value)
    if found is None:
        raise TypeMismatch("%s: %s is not a number. Expected a number. Received %s." % (op, name, shown(value)))
    if (least is not None and not found >= least) or (largest is not None and not found <= largest):
        limits = " and ".join("%g or %s" % pair for pair in ((least, "more"), (largest, "less")) if pair[0] is not None)
        raise ShapeMismatch("%s: %s out of range. Expected %s. Received %s." % (op, name, limits, shown(value)))
    return found


def finite(op, name, value, least=None):
    """`value` as a finite int or float, from `least` on.

    Raises
    ------
    TypeMismatch      no number
    ShapeMismatch     infinite or nan, or below `least`
    """
    found = number(op, name, value, least)
    if not abs(found) < float("inf"):
        raise ShapeMismatch("%s: %s is not finite. Expected a finite number. Received %s." % (op, name, shown(value)))
    return found


def limit(op, name, value):
    """`value`, plain, a number that others can be compared with.

    Raises
    ------
    TypeMismatch      no number, or nan
    """
    found = number(op, name, value)
    if found != found:
        raise TypeMismatch("%s: %s is nan. Expected a number. Received %s." % (op, name, shown(value)))
    return found


def _as_number(value):
    """A real number as an int or a float; None for anything else, bools too."""
    value = plain(value)
    if type(value) in (int, float):
        return value
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        return None
    return int(value) if isinstance(value, numbers.Integral) else float(value)


def operand(op, name, value):
    """`value` as a tensor, or as the int or float that it is.

    Raises
    ------
    TypeMismatch      neither a tensor nor a number nor an array
    """
    found = None if isinstance(value, Tensor) else _as_number(value)
    return tensor(op, value, name) if found is None else found


def flag(op, name, value):
    """`value` as a bool.

    Raises
    ------
    TypeMismatch      neither a bool nor 0 or 1
    """
    if value is True or value is False:
        return value
    found = plain(value)
    if not isinstance(found, numbers.Integral) or found not in (0, 1):
        raise TypeMismatch("%s: %s is not a bool. Expected True or False. Received %s." % (op, name, shown(value)))
    return bool(found)


def label(op, name, value):
    """`value`, a name or None.

    Raises
    ------
    TypeMismatch      something else
    """
    value = plain(value)
    if value is not None and not isinstance(value, str):
        raise TypeMismatch("%s: %s is not a text. Expected a str. Received %s." % (op, name, shown(value)))
    return value


def function(op, name, value):
    """`value`, which can be called.

    Raises
    ------
    TypeMismatch      it cannot
    """
    if not callable(value):
        raise TypeMismatch("%s: %s is not a function. Expected one. Received %s." % (op, name, shown(value)))
    return value


def dtype(op, value):
    """`value` as the name of a dtype; None is floatx.

    Raises
    ------
    TypeMismatch      no dtype that there is here
    """
    return settings.get("floatx") if value is None else dtypes.checked_dtype(value, op)


def static_shape(op, shape):
    """`shape` as a tuple of ints from 0 on.

    Raises
    ------
    TypeMismatch      no list or tuple, or a size that is no integer, such as None
    ShapeMismatch     a negative size
    """
    found = in_order(shape)
    if found is None:
        raise TypeMismatch("%s: shape is not a tuple. Expected a tuple of ints. Received %s." % (op, shown(shape)))
    return tuple(whole(op, "a size of shape", size, 0) for size in found)
