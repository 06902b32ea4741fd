"""Division with a rest, as NumPy has it: exact, since what float64 rounds off a product is added to it again."""

import cntk as C
import numpy as np

from harness.backends.engines.cntk.elementwise import INFINITY, undefined
from harness.backends.engines.cntk.native import elementwise, linked, retyped
from harness.backends.graph.dtypes import FLOATS

CUT = 2.0**27 + 1  # cuts a float64 number in two of 26 bits, whose products are exact


def floor_divide(engine, operation, x, y):
    """The primitive."""
    return elementwise(engine, lambda *nodes: _in_float64(Division(operation).quotient, *nodes), [x, y])


def modulo(engine, operation, x, y):
    """The primitive."""
    return elementwise(engine, lambda *nodes: _in_float64(Division(operation).rest, *nodes), [x, y])


def _in_float64(function, x, y):
    """A function of two nodes, in their type."""
    if x.dtype == np.float64:
        return function(x, y)
    return retyped(function(retyped(x, np.float64), retyped(y, np.float64)), np.dtype(x.dtype).type)


class Division(object):
    """The parts of x / y, nodes of float64, for an operation on floats or on integers."""

    def __init__(self, operation):
        self.of_floats = operation.outputs[0].dtype in FLOATS

    def quotient(self, x, y):
        """x // y; what is stopped behind an infinity would send nan back."""
        return linked(linked(self._quotient(C.stop_gradient(x), C.stop_gradient(y)), x), y)

    def _quotient(self, x, y):
        whole, _ = _parts(x, y)
        by_zero = C.element_divide(x, C.abs(x) + C.equal(x, 0)) * INFINITY if self.of_floats else 0 * x
        return C.element_select(C.equal(y, 0), by_zero, self._beside_infinity(x, y, -1, 0, whole))

    def rest(self, x, y):
        """x % y."""
        whole, rest = _parts(x, y)
        rest = rest + (x - C.stop_gradient(x)) - whole * (y - C.stop_gradient(y))
        found = self._beside_infinity(x, y, y, x, rest)
        zero = C.equal(y, 0)
        return found + undefined(zero) if self.of_floats else found * (1 - zero)

    def _beside_infinity(self, x, y, of_two_signs, of_one_sign, otherwise):
        """The result for finite x and infinite y, of signs that differ or are alike, and for all others."""
        differ = C.less(x * C.greater(y, 0) - x * C.less(y, 0), 0)
        endless = C.element_times(C.equal(C.abs(y), INFINITY), C.less(C.abs(x), INFINITY))
        return C.element_select(endless, C.element_select(differ, of_two_signs + 0 * x, of_one_sign + 0 * x), otherwise)


def _parts(x, y):
    """(quotient, rest) for y that is neither 0 nor infinite; no gradient flows."""
    x, y = C.stop_gradient(x), C.stop_gradient(y)
    y = y + C.equal(y, 0)
    whole = C.floor(C.element_divide(x, y))
    product = whole * y
    rest = x - product - _rounded_off(whole, y, product)
    below, above = C.less(rest / y, 0), C.greater_equal(rest / y, 1)
    rest = rest + (below - above) * y
    return whole - below + above + 0 * rest, rest


def _rounded_off(x, y, product):
    """x * y - product. (Dekker 1971)"""
    (x_high, x_low), (y_high, y_low) = _halves(x), _halves(y)
    return x_high * y_high - product + x_high * y_low + x_low * y_high + x_low * y_low


def _halves(x):
    """Two numbers of 26 bits whose sum is x."""
    high = x * CUT - (x * CUT - x)
    return high, x - high


LOWERINGS = {"floor_divide": floor_divide, "modulo": modulo}
