"""The dtypes of the graph, and what an operation on two of them gives."""

import numpy as np

from harness.backends.errors import TypeMismatch, shown
from harness.backends.plain_values import plain

DTYPES = ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool")
FLOATS = ("float16", "float32", "float64")


def checked_dtype(dtype, op="tensor"):
    """`dtype`, a name or one of NumPy's, as one of DTYPES; TypeMismatch otherwise."""
    dtype = plain(dtype)
    if isinstance(dtype, np.dtype) or (isinstance(dtype, type) and _is_concrete(dtype)):
        dtype = np.dtype(dtype).name
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise TypeMismatch(
            "%s: dtype not known. Expected one of %s. Received dtype=%s." % (op, ", ".join(DTYPES), shown(dtype))
        )
    return dtype


def _is_concrete(kind):
    """Whether a class is the type of one dtype, as np.floating is not; others NumPy takes for object, or refuses."""
    return kind in (bool, int, float) or kind in np.sctypeDict.values()


def check_range(op, value, dtype):
    """Raises TypeMismatch if a number of `value`, without its fraction, is beyond an integer dtype: it would wrap."""
    if dtype in FLOATS or dtype == "bool":
        return
    array = np.asarray(value)
    if np.can_cast(array.dtype, dtype) or not array.size:
        return
    limits = np.iinfo(dtype)
    for number in (np.asarray(array.min()).item(), np.asarray(array.max()).item()):
        if not limits.min - 1 < number < limits.max + 1:
            raise TypeMismatch(
                "%s: a number does not fit its dtype. Expected %d to %d, which %s has. Received %s. Use K.cast to make "
                "the tensor of a wider dtype." % (op, limits.min, limits.max, dtype, shown(number))
            )


def common_dtype(left, right):
    """The dtype of an operation on two tensors: the wider float if there is one, else the wider integer."""
    if left == right:
        return left
    floats = [dtype for dtype in (left, right) if dtype in FLOATS]
    order = FLOATS if floats else ("bool", "uint8", "int8", "int16", "int32", "int64")
    return max(floats or (left, right), key=order.index)
