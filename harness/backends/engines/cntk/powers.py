"""x ** y, corrected where CNTK's own operation differs.

CNTK's power is 0 for a negative power of 0, nan for most of a negative number's, and without gradient at 0. Those of
integers are multiplied out: they wrap around as NumPy's do, where CNTK would round.
"""

import cntk as C
import numpy as np

from harness.backends.engines.cntk.dtypes import INTEGERS, product_in
from harness.backends.engines.cntk.elementwise import INFINITY, infinite, undefined
from harness.backends.engines.cntk.native import elementwise
from harness.backends.graph.shape_rules import broadcast

MULTIPLIED = (1.0, 2.0, 3.0, 4.0)  # exponents of floats that are a few products
BITS = {dtype: np.iinfo(dtype).bits for dtype in INTEGERS}
EXACT = frozenset(INTEGERS) - {"int64"}  # whose products are


def power(engine, operation, x, y):
    """The primitive."""
    dtype, exponent = operation.outputs[0].dtype, y.number
    if exponent == 0:
        return engine.filled(broadcast("power", x.shape, y.shape), 1.0, x.type)
    if exponent in MULTIPLIED or (dtype in EXACT and exponent):
        return elementwise(engine, lambda node: _multiplied(node, int(exponent), product_in(dtype)), [x])
    if dtype in EXACT:
        return elementwise(engine, lambda one, other: _by_squares(one, other, dtype), [x, y])
    raised = _raised_in_loop if "sequence" in (x.kind, y.kind) else C.pow
    if x.number is not None and 0 < x.number < INFINITY:
        return elementwise(engine, raised, [x, y])
    return elementwise(engine, lambda one, other: exact_power(one, other, raised), [x, y])


def _raised_in_loop(x, y):
    """x ** y for x from 0 on: in a recurrence CNTK takes the numbers of a wrong time step for the gradient."""
    value = C.exp(C.element_times(y, C.log(x)))
    return C.element_times(value, 1 - C.element_times(C.equal(x, 0), C.greater(y, 0)))


def _multiplied(x, exponent, times):
    """x to the power of an int from 1 on."""
    result, square = None, x
    while exponent:
        if exponent % 2:
            result = square if result is None else times(result, square)
        exponent //= 2
        square = times(square, square) if exponent else None
    return result


def _by_squares(x, y, dtype):
    """Integers to the power of integers from 0 on."""
    times, result, square, rest = product_in(dtype), None, x, y
    for _ in range(BITS[dtype] - 1):
        half = C.floor(C.element_times(rest, 0.5))
        factor = 1 + C.element_times(rest - C.element_times(half, 2), square - 1)
        result = factor if result is None else times(result, factor)
        square, rest = times(square, square), half
    return result


def exact_power(x, y, raised):
    """Of floats: of the magnitude, by `raised`, signed or undefined where a negative number is raised."""
    below, zero, whole = C.less(x, 0), C.equal(x, 0), C.equal(C.floor(y), y)
    magnitude = C.element_times(x, 1 - C.element_times(below, 2))
    value = raised(magnitude, C.element_select(C.greater(x, 0), y, C.stop_gradient(y)))
    odd = C.element_times(whole, C.not_equal(C.element_times(C.floor(C.element_times(y, 0.5)), 2), y))
    finite = C.element_times(below, C.greater(x, -INFINITY))
    signs = 1 - C.element_times(C.element_times(below, odd), 2) + undefined(C.element_times(finite, 1 - whole))
    poles = infinite(C.element_times(zero, C.less(y, 0)))
    unknown = undefined(C.element_times(zero, C.not_equal(y, y)))
    return C.element_times(value, signs) + poles + unknown + _steep(x, zero, y)


def _steep(x, zero, y):
    """0, with the gradient y * inf at 0 where y is below 1."""
    largest = float(np.finfo(x.dtype).max)
    direction = C.element_times(C.greater(y, 0) - C.less(y, 0), C.element_times(zero, C.less(y, 1)))
    place = C.element_select(zero, x, C.constant(np.zeros((), x.dtype)))
    return C.element_times(C.element_times(place, largest), C.element_times(direction, largest))


LOWERINGS = {"power": power}
