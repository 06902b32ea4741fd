"""What Python's operators and built-in functions make of a tensor: operands of one dtype, then a primitive.

Importing this module gives `Tensor` its methods for `x + y`, `abs(x)`, `x[1:]`, ... as NumPy has them, with numbers,
arrays and tensors on either side. % has the sign of the divisor, and an integer by 0 gives 0. & | ^ ~ are those of
bools alone. @ takes vectors, and broadcasts the axes before the last two. == and != compare identity, so that tensors
may be keys. `x += y` makes a new tensor. What needs a value is refused: bool(), len(), float(), iteration, NumPy's
functions.
"""

import functools
import numbers
import warnings

import numpy as np

from harness.backends import settings
from harness.backends.errors import ShapeMismatch, TypeMismatch, shown
from harness.backends.graph import dtypes, primitives, shape_rules
from harness.backends.graph.matrix_product import matrix_product as product_of
from harness.backends.graph.nodes import Tensor
from harness.backends.graph.numpy_protocol import of_numpy, unlike_an_array
from harness.backends.plain_values import plain

NUMBERS = (numbers.Number, np.ndarray, np.generic)


def as_tensor(value, dtype=None, op="tensor", name="an operand"):
    """`value` as a tensor: itself, or a constant of `dtype` (floatx for float data if None); a list of tensors stacked.

    op, name: what a message begins with, and calls the value
    """
    if isinstance(value, Tensor):
        return value
    if dtype is not None and type(value) in (int, float):
        return primitives.constant(value, dtype, op)
    if isinstance(value, (list, tuple)) and any(isinstance(each, Tensor) for each in value):
        return _stacked(value, op, name)
    array = plain_array(value)
    if array is None:
        raise TypeMismatch(
            "%s: %s is not a tensor. Expected a tensor, a number or an array. Received %s." % (op, name, shown(value))
        )
    refuse_mask(op, value, name)
    if dtype is None:
        dtype = settings.get("floatx") if array.dtype.kind == "f" else array.dtype.name
    return primitives.constant(array, dtype, op)


def refuse_mask(op, value, name):
    """Raises TypeMismatch for an array some of whose numbers are masked: what lies there would be computed with."""
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise TypeMismatch(
            "%s: %s has masked numbers. Expected an array without a mask. Received %s. Use its filled()."
            % (op, name, shown(value))
        )


def plain_array(value):
    """A number, an array or a nested list of numbers as an array; None for anything else."""
    if isinstance(value, NUMBERS):
        array = np.asarray(value)
    else:
        array = _array_of_rows(value) if isinstance(value, (list, tuple)) else None
    return array if array is not None and array.dtype.kind in "fiub" else None


def _array_of_rows(rows):
    """A nested list as an array; None, or an array of lists, if its rows are of several lengths."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy before 1.24 makes an array of lists, and warns
            return np.asarray(rows)
    except (TypeError, ValueError):
        return None


def _stacked(values, op, name):
    """A list of tensors, and plain values of their shape, along a new first axis; in the widest of the dtypes."""
    first = next(value for value in values if isinstance(value, Tensor))
    tensors = [value if isinstance(value, Tensor) else promote(value, first, op)[0] for value in values]
    dtype = first.dtype
    for each in tensors:
        dtype = dtypes.common_dtype(dtype, each.dtype)
        if not shape_rules.alike(each.shape, first.shape):
            raise ShapeMismatch(
                "%s: %s is a list of several shapes. Expected one shape. Received %s and %s."
                % (op, name, first.shape, each.shape)
            )
    return primitives.concatenate([primitives.expand_dims(cast(each, dtype), 0) for each in tensors], 0)


def _constant_dtype(value, other):
    """dtype for a plain operand beside a tensor: the tensor's, unless a float meets an integer, or a number a bool."""
    if other.dtype in dtypes.FLOATS:
        return other.dtype
    array = plain_array(value)
    kind = None if array is None else array.dtype.kind
    if kind == "f":
        return settings.get("floatx")
    return "int32" if other.dtype == "bool" and kind in ("i", "u") else other.dtype


def promote(x, y, op="tensor"):
    """Both operands as tensors of one dtype; plain numbers take the other's, see dtypes.common_dtype."""
    if not isinstance(x, Tensor) and not isinstance(y, Tensor):
        x = as_tensor(x, None, op)
    if not isinstance(x, Tensor):
        x = as_tensor(x, _constant_dtype(x, y), op)
    if not isinstance(y, Tensor):
        y = as_tensor(y, _constant_dtype(y, x), op)
    if x.dtype == y.dtype:
        return x, y
    dtype = dtypes.common_dtype(x.dtype, y.dtype)
    return cast(x, dtype), cast(y, dtype)


def cast(x, dtype):
    """x as dtype; itself when it has it."""
    return x if x.dtype == dtype else primitives.cast(x, dtype)


def widened(x):
    """x, of float16 as float32, which has room for sums, squares and the small numbers that are added to them."""
    return cast(x, "float32") if x.dtype == "float16" else x


def truth(x):
    """Whether each element is not 0, bool."""
    return x if x.dtype == "bool" else comparison("not_equal", x, 0)


def binary(name, x, y, op=None):
    """An elementwise operation of primitive_table.BINARY; messages begin with `op`, or the name."""
    return primitives.binary(name, *promote(x, y, op or name), op=op)


def negative(x):
    """-x, of bools -1 and 0."""
    return primitives.unary("negative", x) if x.dtype == "uint8" else binary("multiply", x, -1)


def divide(x, y):
    """True division; integers become floatx first."""
    x, y = promote(x, y, "divide")
    floats = x.dtype if x.dtype in dtypes.FLOATS else settings.get("floatx")
    return primitives.binary("divide", cast(x, floats), cast(y, floats))


def matrix_product(x, y):
    """x @ y, see matrix_product.py."""
    return product_of(*promote(x, y, "matmul"))


def logical(name, x, y):
    """`and`, `or` or `xor` of bools, which Python writes &, | and ^.

    Raises
    ------
    TypeMismatch      floats, or integers, on whose bits not every library computes
    """
    x, y = promote(x, y, name)
    if x.dtype != "bool":
        raise TypeMismatch(
            "%s: operands are no bools. Expected bools. Received %s. Use K.not_equal(x, 0)." % (name, x.dtype)
        )
    if name == "xor":
        return primitives.comparison("not_equal", x, y, name)
    return primitives.binary("multiply" if name == "and" else "add", x, y, name)


def absolute(x):
    """|x|; TypeMismatch for bools."""
    if x.dtype == "bool":
        raise TypeMismatch("absolute: bools are no numbers. Expected integers or floats. Received bools. Use K.cast.")
    return primitives.unary("absolute", x)


def rounded(x, digits=None):
    """The nearest integer, halves to the even one."""
    if digits is not None and plain(digits) != 0:
        raise TypeMismatch(
            "round: digits behind the point. Expected none. Received %s. Use K.round(x * 10) / 10." % shown(digits)
        )
    return primitives.unary("round", x) if x.dtype in dtypes.FLOATS else x


def comparison(name, x, y, op=None):
    """An elementwise comparison of primitive_table.COMPARISONS; messages begin with `op`, or the name."""
    return primitives.comparison(name, *promote(x, y, op or name), op=op)


def index(x, key):
    """x[key] with ints, slices, None and one Ellipsis, as numpy."""
    keys = [_plain_key(item) for item in (key if isinstance(key, tuple) else [key])]
    _check_keys(keys)
    given = sum(item is not None and item is not Ellipsis for item in keys)
    if given > x.ndim:
        raise ShapeMismatch("index: too many indices. Expected at most %d. Received %s." % (x.ndim, shown(key)))
    missing = [slice(None)] * (x.ndim - given)
    place = keys.index(Ellipsis) if Ellipsis in keys else len(keys)
    keys[place : place + 1] = missing
    result = primitives.slice_(x, tuple(item for item in keys if item is not None))
    kept = [item for item in keys if item is None or isinstance(item, slice)]
    for axis, item in enumerate(kept):
        if item is None:
            result = primitives.expand_dims(result, axis)
    return result


def _plain_key(item):
    """An index, or a slice, in Python's own numbers."""
    return slice(*map(plain, (item.start, item.stop, item.step))) if isinstance(item, slice) else plain(item)


def _check_keys(keys):
    """Raises TypeMismatch unless all are ints, slices of ints, None or one Ellipsis; ShapeMismatch for a step of 0."""
    for item in keys:
        parts = (item.start, item.stop, item.step) if isinstance(item, slice) else (item,)
        if item is not Ellipsis and not all(part is None or _is_whole(part) for part in parts):
            raise TypeMismatch(
                "index: an index is no integer. Expected ints, slices of ints, None and .... Received %s. Use K.gather "
                "for rows by number." % shown(item)
            )
        if isinstance(item, slice) and item.step == 0:
            raise ShapeMismatch("index: a step is 0. Expected another number. Received %s." % shown(item))
    if sum(item is Ellipsis for item in keys) > 1:
        raise ShapeMismatch("index: ... comes twice. Expected one. Received %s." % shown(tuple(keys)))


def _is_whole(value):
    return type(value) is int or (isinstance(value, numbers.Integral) and not isinstance(value, bool))


def _truth_value(x):
    if x.is_variable:  # "is there a bias?", as model libraries ask
        return True
    raise unlike_an_array(x, "has no truth value", "a number or a numpy array")


def _refused(what, *expected):
    """A method for what Python may do with an array and not with a tensor, see unlike_an_array."""

    def method(x, *arguments, **options):
        raise unlike_an_array(x, what, *expected)

    return method


def _power(x, y, modulus=None):
    power = binary("power", x, y)
    return power if modulus is None else power % modulus


# Operators of two operands -> what they make of them, in this order.
OF_TWO = {
    "add": functools.partial(binary, "add"),
    "sub": functools.partial(binary, "subtract"),
    "mul": functools.partial(binary, "multiply"),
    "truediv": divide,
    "floordiv": functools.partial(binary, "floor_divide"),
    "mod": functools.partial(binary, "modulo"),
    "divmod": lambda x, y: (x // y, x % y),
    "pow": _power,
    "matmul": matrix_product,
    "and": functools.partial(logical, "and"),
    "or": functools.partial(logical, "or"),
    "xor": functools.partial(logical, "xor"),
}
NUMBER = _refused("is no number", "a number or a numpy array")
BITS = _refused("has no bits", "an array", "Use * or //")
# The other methods that Python and NumPy call.
METHODS = {
    "invert": lambda x: logical("xor", x, True),
    "neg": negative,
    "pos": lambda x: x,
    "abs": absolute,
    "round": rounded,
    "gt": lambda x, y: comparison("greater", x, y),
    "ge": lambda x, y: comparison("greater_equal", x, y),
    "lt": lambda x, y: comparison("less", x, y),
    "le": lambda x, y: comparison("less_equal", x, y),
    "getitem": index,
    "setitem": _refused("cannot be changed", "a new one", "Use K.switch or K.concatenate"),
    "array_ufunc": lambda x, ufunc, method, *inputs, **options: of_numpy(x, ufunc, method, inputs, options),
    "array": _refused("is no array", "a number or a numpy array"),
    "bool": _truth_value,
    "iter": _refused("cannot be iterated over", "an index or a slice", "Use K.map_fn"),
    "contains": _refused("cannot be searched", "an array", "Use K.any(K.equal(x, value))"),
    "len": _refused("has no length", "an array", "Use K.int_shape"),
    **dict.fromkeys(("int", "float", "complex", "index"), NUMBER),
    **dict.fromkeys(("lshift", "rlshift", "rshift", "rrshift"), BITS),
}


def _install():
    """Gives Tensor its methods."""
    for name, meaning in OF_TWO.items():
        setattr(Tensor, "__%s__" % name, lambda *operands, of=meaning: of(*operands))
        setattr(Tensor, "__r%s__" % name, lambda x, y, of=meaning: of(y, x))
    for name, method in METHODS.items():
        setattr(Tensor, "__%s__" % name, method)
    Tensor.__array_priority__ = 1000  # numpy leaves `array + tensor` to __array_ufunc__


_install()
