"""Elementwise operations. Theano's own but for the square root and the power, whose gradients are not ours."""

import numpy as np
from theano import scalar
from theano import tensor as T
from theano.gradient import disconnected_grad
from theano.tensor.nnet.sigm import ScalarSigmoid

from harness.backends.theano_lowerings.floor_division import floor_divide, modulo
from harness.backends.theano_lowerings.hyperbolic import tanh
from harness.backends.theano_lowerings.native_types import cast, in_one_piece


class RootOrZero(scalar.UnaryScalarOp):
    """Square root; 0, and no gradient, where x <= 0. A `switch` around Theano's would give nan * 0 on the way back."""

    def impl(self, x):
        return np.sqrt(np.maximum(x, 0))

    def c_code(self, node, name, inputs, outputs, sub):
        return "%s = %s <= 0 ? 0 : sqrt(%s);" % (outputs[0], inputs[0], inputs[0])

    def c_code_cache_version(self):
        return (1,)

    def L_op(self, inputs, outputs, slopes):
        half = scalar.constant(0.5, dtype=outputs[0].dtype)
        nothing = scalar.constant(0, dtype=outputs[0].dtype)
        return [scalar.switch(scalar.gt(inputs[0], nothing), slopes[0] * half / outputs[0], nothing)]


class WholeSigmoid(ScalarSigmoid):
    """Theano's sigmoid of float64, which it makes 1 above 19 and so 6e-9 too large."""

    def c_code(self, node, name, inputs, outputs, sub):
        return "%s = 1 / (1 + exp(-%s));" % (outputs[0], inputs[0])

    def c_code_cache_version(self):
        return (1,)

    def L_op(self, inputs, outputs, slopes):
        one = scalar.constant(1, dtype=outputs[0].dtype)
        return [slopes[0] * outputs[0] * (one - outputs[0])]


class Power(scalar.Pow):
    """x ** y whose gradient of y is 0 where x <= 0; Theano's is nan where x < 0."""

    def L_op(self, inputs, outputs, slopes):
        x, y = inputs
        nothing = scalar.constant(0, dtype=outputs[0].dtype)
        one = scalar.constant(1, dtype=outputs[0].dtype)
        positive = scalar.gt(x, nothing)
        logarithm = scalar.log(scalar.switch(positive, x, one))
        return [slopes[0] * y * x ** (y - one), slopes[0] * outputs[0] * logarithm]


root_or_zero = T.Elemwise(RootOrZero(scalar.same_out_float_only, name="root_or_zero"))
whole_sigmoid = T.Elemwise(WholeSigmoid(scalar.same_out_float_only, name="whole_sigmoid"))
smooth_power = T.Elemwise(Power(scalar.upcast_out, name="smooth_power"))


def _power(engine, operation, x, y):
    """Theano's own where no gradient of the exponent is wanted: it knows how to simplify that."""
    return T.pow(x, y) if operation.inputs[1].operation.name == "constant" else smooth_power(x, y)


def _sigmoid(engine, operation, x):
    """Theano's own in float32: it knows how to simplify that, and is off by no more than 3e-7."""
    return whole_sigmoid(x) if x.dtype == "float64" else T.nnet.sigmoid(x)


def _elementwise(function):
    return lambda engine, operation, *natives: function(*natives)


def _clip(engine, operation, x):
    """Composite: both limits in one operation, gradient 1 on the limits as in the expansion."""
    low, high = operation.attributes["min_value"], operation.attributes["max_value"]
    x = in_one_piece(operation, x)
    return T.clip(x, np.asarray(low, dtype=x.dtype), np.asarray(high, dtype=x.dtype))


def _hard_sigmoid(engine, operation, x):
    """Composite: the kinks in terms of x, as 0.2 x + 0.5, compiled to one rounding, misses 0 and 1 by a hair there."""
    low, high, zero, half, one, fifth = (np.asarray(number, dtype=x.dtype) for number in (-2.5, 2.5, 0, 0.5, 1, 0.2))
    return T.switch(T.lt(x, low), zero, T.switch(T.gt(x, high), one, fifth * x + half))


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
    "maximum": _elementwise(T.maximum),
    "minimum": _elementwise(T.minimum),
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
    "hard_sigmoid": _hard_sigmoid,
}
