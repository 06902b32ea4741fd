"""The one of CNTK's two float types that holds a dtype, and how results are kept within the dtype.

CNTK computes in float32 and float64; one operation takes one of them. float64 and the integers are held in float64,
which has the integers up to 2**53; float32, float16 and bool in float32. After an operation that may leave the dtype,
results are brought back as NumPy has them: integers wrap around, float16 is rounded to, bools are 0 or 1.

The type of a node may be narrower than its tensor's: a comparison of float32 numbers, or the place of the largest of
them, is a float32 node, and becomes another only beside an operand that asks for it.
"""

import cntk as C
import numpy as np

from harness.backends.engines.cntk.native import elementwise, retyped
from harness.backends.errors import UnsupportedOperation
from harness.backends.graph.primitive_table import COMPARISONS, KEEPING_DTYPE, of_kind

INTEGERS = ("int8", "int16", "int32", "int64", "uint8")
LARGEST = 2**53  # of int64: of those beyond, float64 holds every other one
SPLIT = 2.0**16  # where int32 numbers are cut in two, so that products of the parts are exact

KEEPING = KEEPING_DTYPE | {"dropout_mask"}
SHAPED = of_kind("shaped")


def held_in(dtype):
    """CNTK's type for the numbers of a dtype, "float32" or "float64"."""
    return "float64" if dtype == "float64" or dtype in INTEGERS else "float32"


def exact(array, dtype):
    """`array`, numbers of a dtype or their float64.

    Raises
    ------
    UnsupportedOperation      one of int64 is beyond what float64 holds
    """
    if dtype == "int64" and array.size and not -LARGEST <= array.min() <= array.max() <= LARGEST:
        raise UnsupportedOperation("int64", "cntk", "a number beyond 2**53, and CNTK computes in float64")
    return array


def typed(name, lowering):
    """A lowering of primitive `name` whose inputs have one type of CNTK's, and whose results are the dtype's."""
    if name in SHAPED:
        return lowering

    def lowered(engine, operation, *natives):
        wanted = _common_type(name, operation, natives)
        result = lowering(engine, operation, *[native.to(wanted) for native in natives])
        return result if name in KEEPING else settled(engine, operation.outputs[0].dtype, result)

    return lowered


def _common_type(name, operation, natives):
    """The type that the operation is computed in: the widest of what is compared, else that of its result."""
    if name in COMPARISONS or name == "host":
        types = [native.type for native in natives] + [held_in(tensor.dtype) for tensor in operation.outputs]
        return "float64" if "float64" in types else "float32"
    compared = operation.inputs[0] if name == "argmax" else operation.outputs[0]
    return held_in(compared.dtype)


def settled(engine, dtype, native):
    """Results brought back into their dtype."""
    return elementwise(engine, SETTLED[dtype], [native]) if dtype in SETTLED else native


def half(node):
    """The nearest float16, infinite beyond the largest."""
    return retyped(retyped(node, np.float16), node.dtype)


def wrapped(least, count):
    """A function of a node: its integers modulo `count`, from `least` on."""
    return lambda node: node - C.element_times(C.floor((node - least) * (1.0 / count)), count)


def nonzero(node):
    """1 where a node is not 0, else 0."""
    return C.not_equal(node, 0)


SETTLED = {dtype: wrapped(float(np.iinfo(dtype).min), 2.0 ** np.iinfo(dtype).bits) for dtype in INTEGERS[:3]}
SETTLED.update(uint8=wrapped(0.0, 256.0), bool=nonzero, float16=half)


def cast(engine, operation, x):
    """The primitive: numbers of a dtype as another, through which the gradient of floats passes."""
    before, after = operation.inputs[0].dtype, operation.attributes["dtype"]
    if after == "bool":
        return x if before == "bool" else elementwise(engine, nonzero, [x])
    if before.startswith("float") and after.startswith("float"):
        native = x if held_in(before) == held_in(after) else elementwise(engine, _to(held_in(after)), [x])
    elif before.startswith("float"):
        native = elementwise(engine, truncate, [x]).to("float64")
    else:
        native = x.to(held_in(after))
    return native if np.can_cast(before, after, "safe") else settled(engine, after, native)


def _to(dtype):
    return lambda node: retyped(node, np.dtype(dtype).type)


def truncate(x):
    """The integer next to x towards 0."""
    return C.element_times(C.greater(x, 0) - C.less(x, 0), C.floor(C.abs(x)))


def product_in(dtype):
    """The function of two nodes that multiplies, and brings the product back."""
    times = exact_product if dtype == "int32" else C.element_times
    return (lambda x, y: SETTLED[dtype](times(x, y))) if dtype in SETTLED else times


def exact_product(x, y):
    """x * y modulo 2**32 for int32 numbers, whose product float64 may not hold: of x in two parts."""
    high = C.floor(x * (1.0 / SPLIT))
    low = x - high * SPLIT
    carried = high * y
    return (carried - C.floor(carried * (1.0 / SPLIT)) * SPLIT) * SPLIT + low * y
