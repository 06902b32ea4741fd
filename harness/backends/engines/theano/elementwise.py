"""Elementwise operations: Theano's own, but where its gradients differ from ours, or it computes integers as doubles.

What an operation does not choose gets a gradient of 0, whatever is passed to it; a nan is not chosen.
"""

import numpy as np
import theano
from theano import scalar
from theano import tensor as T
from theano.gradient import disconnected_grad
from theano.tensor.nnet.sigm import ScalarSigmoid

from harness.backends.engines.theano.dtypes import cast, in_one_piece
from harness.backends.engines.theano.fast_tanh import tanh
from harness.backends.engines.theano.floor_division import floor_divide, modulo
from harness.backends.graph.dtypes import FLOATS


class RootOrZero(scalar.UnaryScalarOp):
    """Square root; 0, and no gradient, where x <= 0. A `switch` around Theano's would make the gradient nan * 0."""

    def impl(self, x):
        return np.sqrt(np.maximum(x, 0))

    def c_code(self, node, name, inputs, outputs, sub):
        return "%s = %s <= 0 ? 0 : sqrt(%s);" % (outputs[0], inputs[0], inputs[0])

    def c_code_cache_version(self):
        return (1,)

    def L_op(self, inputs, outputs, cotangents):
        half = scalar.constant(0.5, dtype=outputs[0].dtype)
        nothing = scalar.constant(0, dtype=outputs[0].dtype)
        return [scalar.switch(scalar.gt(inputs[0], nothing), cotangents[0] * half / outputs[0], nothing)]


class WholeSigmoid(ScalarSigmoid):
    """Theano's sigmoid of float64, which it makes 1 above 19 and so 6e-9 too large."""

    def c_code(self, node, name, inputs, outputs, sub):
        return "%s = 1 / (1 + exp(-%s));" % (outputs[0], inputs[0])

    def c_code_cache_version(self):
        return (1,)

    def L_op(self, inputs, outputs, cotangents):
        one = scalar.constant(1, dtype=outputs[0].dtype)
        return [cotangents[0] * outputs[0] * (one - outputs[0])]


class Power(scalar.Pow):
    """x ** y whose gradient of x is 0 where y is 0, and of y where x is not positive; Theano's is nan there."""

    def L_op(self, inputs, outputs, cotangents):
        x, y = inputs
        nothing = scalar.constant(0, dtype=outputs[0].dtype)
        one = scalar.constant(1, dtype=outputs[0].dtype)
        positive, varies = scalar.gt(x, nothing), scalar.neq(y, nothing)
        to_x = scalar.switch(varies, cotangents[0] * y * smooth(scalar.switch(varies, x, one), y - one), nothing)
        logarithm = scalar.log(scalar.switch(positive, x, one))
        return [to_x, scalar.switch(positive, cotangents[0] * outputs[0] * logarithm, nothing)]


class IntegerPower(scalar.BinaryScalarOp):
    """Integers to the power of integers from 0 on, which wrap around; Theano's go by double."""

    def impl(self, x, y):
        return np.power(x, y)

    def c_code(self, node, name, inputs, outputs, sub):
        return """{
            npy_uint64 power = 1, square = (npy_uint64)(npy_int64)%s;
            for (npy_int64 rest = %s; rest > 0; rest >>= 1, square *= square)
                if (rest & 1) power *= square;
            %s = (npy_%s)power;
        }""" % (inputs[0], inputs[1], outputs[0], node.outputs[0].dtype)

    def c_code_cache_version(self):
        return (1,)


class Choice(object):
    """What Larger and Smaller share. Theano's own go by double, where they have a nan to give.

    Attributes
    ----------
    symbol : str                     x `symbol` y chooses x, ties included
    chooses : pair of scalar ops     where x is chosen, where y is
    """

    def c_code(self, node, name, inputs, outputs, sub):
        x, y = inputs
        return "%s = (%s %s %s || %s != %s) ? %s : %s;" % (outputs[0], x, self.symbol, y, x, x, x, y)

    def c_code_cache_version(self):
        return (1,)

    def L_op(self, inputs, outputs, cotangents):
        if outputs[0].type in scalar.discrete_types:
            return [each.zeros_like().astype(theano.config.floatX) for each in inputs]
        nothing = scalar.constant(0, dtype=cotangents[0].dtype)
        return [scalar.switch(chosen(*inputs), cotangents[0], nothing) for chosen in self.chooses]


class Larger(Choice, scalar.Maximum):
    """The larger; ties are x's."""

    symbol, chooses = ">=", (scalar.ge, scalar.lt)


class Smaller(Choice, scalar.Minimum):
    """The smaller; ties are x's."""

    symbol, chooses = "<=", (scalar.le, scalar.gt)


class Limited(scalar.Clip):
    """x within two limits."""

    def L_op(self, inputs, outputs, cotangents):
        x, low, high = inputs
        inside = scalar.and_(scalar.ge(x, low), scalar.le(x, high))
        nothing = scalar.constant(0, dtype=cotangents[0].dtype)
        return [scalar.switch(inside, cotangents[0], nothing), low.zeros_like(), high.zeros_like()]


class HardSigmoid(scalar.UnaryScalarOp):
    """clip(0.2 x + 0.5, 0, 1); the kinks in terms of x, as the sum, compiled to one rounding, misses 0 and 1 there."""

    def impl(self, x):
        kind = np.asarray(x).dtype.type
        return kind(0) if x < -2.5 else kind(1) if x > 2.5 else kind(0.2) * x + kind(0.5)

    def c_code(self, node, name, inputs, outputs, sub):
        kind = "npy_" + node.outputs[0].dtype
        return "%s = %s < -2.5f ? 0 : %s > 2.5f ? 1 : (%s)0.2 * %s + (%s)0.5;" % (
            outputs[0], inputs[0], inputs[0], kind, inputs[0], kind
        )  # fmt: skip

    def c_code_cache_version(self):
        return (1,)

    def L_op(self, inputs, outputs, cotangents):
        low, high, fifth, nothing = (
            scalar.constant(number, dtype=cotangents[0].dtype) for number in (-2.5, 2.5, 0.2, 0)
        )
        inside = scalar.and_(scalar.ge(inputs[0], low), scalar.le(inputs[0], high))
        return [scalar.switch(inside, cotangents[0] * fifth, nothing)]


root_or_zero = T.Elemwise(RootOrZero(scalar.same_out_float_only, name="root_or_zero"))
whole_sigmoid = T.Elemwise(WholeSigmoid(scalar.same_out_float_only, name="whole_sigmoid"))
smooth = Power(scalar.upcast_out, name="smooth_power")
smooth_power = T.Elemwise(smooth)
integer_power = T.Elemwise(IntegerPower(scalar.upcast_out, name="integer_power"))
larger = T.Elemwise(Larger(scalar.upcast_out, name="larger"))
smaller = T.Elemwise(Smaller(scalar.upcast_out, name="smaller"))
limited = T.Elemwise(Limited(scalar.upcast_out_no_complex, name="limited"))
hard_sigmoid = T.Elemwise(HardSigmoid(scalar.same_out_float_only, name="hard_sigmoid"))


def _power(engine, operation, x, y):
    if operation.outputs[0].dtype not in FLOATS:
        return integer_power(x, y)
    exponent = operation.inputs[1].operation
    if exponent.name == "constant" and exponent.attributes["value"].size == 1:
        return _to_a_number(x, y, float(exponent.attributes["value"]))
    return smooth_power(x, y)


def _to_a_number(x, y, exponent):
    """x to the power of a number, by Theano's own where it knows how to simplify that, and the gradient is right."""
    if exponent in (0.0, 1.0) or not np.isfinite(exponent):
        return smooth_power(x, y)
    if abs(exponent) == 0.5:  # which Theano takes for a square root
        x = T.switch(T.eq(x, -np.inf), np.asarray(np.inf, dtype=x.dtype), x)
    return T.pow(x, y)


def _sigmoid(engine, operation, x):
    """Theano's own in float32: it knows how to simplify that, and is off by no more than 3e-7."""
    return whole_sigmoid(x) if x.dtype == "float64" else T.nnet.sigmoid(x)


def _elementwise(function):
    return lambda engine, operation, *natives: function(*natives)


def _clip(engine, operation, x):
    """Composite: both limits in one operation, gradient 1 on the limits as in the expansion."""
    low, high = operation.attributes["min_value"], operation.attributes["max_value"]
    x = in_one_piece(operation, x)
    return limited(x, np.asarray(low, dtype=x.dtype), np.asarray(high, dtype=x.dtype))


LOWERINGS = {
    "negative": _elementwise(T.neg),
    "absolute": _elementwise(T.abs_),
    "sign": _elementwise(T.sgn),
    "exp": _elementwise(T.exp),
    "log": _elementwise(T.log),
    "sqrt": _elementwise(root_or_zero),
    "square": _elementwise(T.sqr),
    "sin": _elementwise(T.sin),
    "cos": _elementwise(T.cos),
    "tanh": tanh,
    "sigmoid": _sigmoid,
    "softplus": _elementwise(T.nnet.softplus),
    "floor": _elementwise(T.floor),
    "round": _elementwise(lambda x: T.round(x, mode="half_to_even")),
    "add": _elementwise(T.add),
    "subtract": _elementwise(T.sub),
    "multiply": _elementwise(T.mul),
    "divide": _elementwise(T.true_div),
    "power": _power,
    "floor_divide": _elementwise(floor_divide),
    "modulo": _elementwise(modulo),
    "maximum": _elementwise(larger),
    "minimum": _elementwise(smaller),
    "equal": _elementwise(T.eq),
    "not_equal": _elementwise(T.neq),
    "greater": _elementwise(T.gt),
    "greater_equal": _elementwise(T.ge),
    "less": _elementwise(T.lt),
    "less_equal": _elementwise(T.le),
    "select": _elementwise(T.switch),
    "cast": lambda engine, operation, x: cast(x, operation.attributes["dtype"]),
    "stop_gradient": _elementwise(disconnected_grad),
    "clip": _clip,
    "hard_sigmoid": _elementwise(hard_sigmoid),
}
