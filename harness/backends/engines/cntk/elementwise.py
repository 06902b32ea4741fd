"""Elementwise primitives, corrected where CNTK's own operation differs.

Where CNTK's own operation differs from the primitive (log and division at 0, sqrt's gradient at 0, ties and nan in
maximum, rounding of halves) cheap operations around it correct the difference: a comparison is about 10 times as fast
as `element_select` or `element_max`. What these operations take is of one type, see dtypes.py.
"""

import cntk as C
import numpy as np

from harness.backends.engines.cntk.bias_add import ELEMENTS_FROM, over_rows
from harness.backends.engines.cntk.dtypes import exact_product, held_in
from harness.backends.engines.cntk.native import elementwise, linked
from harness.backends.engines.nan_guards import is_finite_sum
from harness.backends.graph.shape_rules import broadcast

INFINITY, UNDEFINED = float("inf"), float("nan")
LOG_FLOOR = 1e-30  # CNTK's log is constant below 1e-37, in float64 too; below this the argument is scaled up first
LOG_SCALE_BITS = {np.float32: 64, np.float64: 960}  # what brings the smallest number of a type above 1e-37
SPREAD_FROM = 256  # elements; adding an array of 400,000 is 4 times as fast as adding a number, multiplying twice


def _one(function):
    """A lowering from a function of one node."""
    return lambda engine, operation, x: elementwise(engine, function, [x])


def _two(function):
    """A lowering from a function of two nodes."""
    return lambda engine, operation, x, y: elementwise(engine, function, [x, y])


def infinite(condition):
    """inf where the 0-or-1 node is 1, else 0."""
    largest = float(np.finfo(condition.dtype).max)
    return C.element_times(C.element_times(condition, largest), largest)


def undefined(condition):
    """nan where the 0-or-1 node is 1, else 0."""
    return C.element_times(infinite(condition), 0)


def limited(node, low, high):
    """`node` within [low, high], numbers; CNTK takes a Python float for a float32."""
    return C.clip(node, np.array(low, node.dtype), np.array(high, node.dtype))


def sign(x):
    """-1, 0 or 1, nan of nan."""
    return C.greater(x, 0) - C.less(x, 0) + undefined(C.not_equal(x, x))


def exact_log(x):
    """Natural logarithm of any float: -inf at 0, nan below with gradient 1 / x, right for the smallest numbers."""
    below, bits = C.less(x, 0), LOG_SCALE_BITS[x.dtype]
    small = C.less(x, LOG_FLOOR) - below
    scaled = C.element_times(x, 1 - C.element_times(below, 2) + C.element_times(small, 2.0**bits - 1))
    value = C.log(scaled) - C.element_times(small, bits * float(np.log(2)))
    return value - infinite(C.equal(x, 0)) + undefined(below)


def exact_sqrt(x):
    """Square root, 0 with gradient 0 where x is not positive, nan where it is nan."""
    root = C.sqrt(limited(x, np.finfo(x.dtype).tiny, INFINITY))
    return C.element_times(root, C.greater(x, 0)) + C.stop_gradient(limited(x, 0, 0))


def round_half_even(x):
    """Nearest integer, halves to the even one."""
    lower = C.floor(x)
    rest = x - lower
    even = C.element_times(C.floor(C.element_times(x, 0.5) + 0.5), 2)
    return C.element_select(C.equal(rest, 0.5), even, lower + C.greater(rest, 0.5))


def exact_divide(x, y):
    """x / y with inf and nan where y is 0; CNTK's quotient is 0 there."""
    zero = C.equal(y, 0)
    return C.element_times(C.element_divide(x, y + zero), 1 + infinite(zero))


def larger(x, y):
    """The larger, nan, to which no gradient flows, if either is nan; ties are x's."""
    return _chosen(C.greater_equal(x, y), x, C.less(x, y), y)


def smaller(x, y):
    """The smaller, nan, to which no gradient flows, if either is nan; ties are x's."""
    return _chosen(C.less_equal(x, y), x, C.greater(x, y), y)


def _chosen(first, x, second, y):
    """x where the 0-or-1 node `first` is 1, y where `second` is, else nan."""
    return C.element_select(first, x, C.element_select(second, y, C.constant(np.array(UNDEFINED, x.dtype))))


def _spread(function):
    """A lowering of two nodes; a number beside a large static array becomes an array of its shape."""

    def lowering(engine, operation, x, y):
        if _is_number_beside(x, y) and _is_large(y):
            x = engine.filled(y.shape, x.number, y.type)
        elif _is_number_beside(y, x) and _is_large(x):
            y = engine.filled(x.shape, y.number, x.type)
        return elementwise(engine, function, [x, y])

    return lowering


def _is_number_beside(x, y):
    """Whether x is one number that takes the shape of y."""
    return x.number is not None and _takes_shape(x, y)


def _takes_shape(x, y):
    """Whether y's shape is that of both together."""
    return broadcast("elementwise", x.shape, y.shape) == y.shape


def _is_large(native):
    return native.kind == "static" and native.number is None and np.prod(native.shape) >= SPREAD_FROM


def _unless(number, lowering):
    """A lowering of two nodes that leaves the one as it is beside a constant that is `number` everywhere."""

    def lowered(engine, operation, x, y):
        for tensor, one, other in zip(operation.inputs, (x, y), (y, x)):
            if _takes_shape(one, other) and _is_constant(tensor.operation, number):
                return other
        return lowering(engine, operation, x, y)

    return lowered


def _is_constant(operation, number):
    return operation.name == "constant" and bool(np.all(operation.attributes["value"] == number))


def _divide(engine, operation, x, y):
    guarded = y.number not in (None, 0.0) or holds_off_zero(operation.inputs[1])
    return elementwise(engine, C.element_divide if guarded else exact_divide, [x, y])


def holds_off_zero(tensor):
    """Whether a tensor cannot be 0: an epsilon is added, it has a lower limit, is a root of such, or an exponential."""
    operation = tensor.operation
    while operation.name == "sqrt":
        operation = operation.inputs[0].operation
    if operation.name == "clip":
        return operation.attributes["min_value"] > 0
    if operation.name == "add":
        return any(_is_positive(child.operation) for child in operation.inputs)
    return operation.name == "exp"


def _is_positive(operation):
    return operation.name == "constant" and bool(np.all(operation.attributes["value"] > 0))


def stopped(x):
    """`x` without a gradient."""
    return linked(C.stop_gradient(x), x)


def _log(engine, operation, x):
    floored = _least(operation.inputs[0].operation) >= LOG_FLOOR
    return elementwise(engine, C.log if floored else exact_log, [x])


def _least(operation):
    """What a clip, or a constant less a clip, cannot be below as it is held; -inf for anything else."""
    held = np.dtype(held_in(operation.outputs[0].dtype)).type
    if operation.name == "clip":
        return held(operation.attributes["min_value"])
    if operation.name == "subtract":
        whole, part = (each.operation for each in operation.inputs)
        if whole.name == "constant" and part.name == "clip":
            return np.min(held(whole.attributes["value"])) - held(part.attributes["max_value"])
    return -INFINITY


def _multiply(engine, operation, x, y):
    if operation.outputs[0].dtype == "int32" and all(_is_large_number(native) for native in (x, y)):
        return elementwise(engine, exact_product, [x, y])
    return _spread(C.element_times)(engine, operation, x, y)


def _is_large_number(native):
    """Whether an int32 number times this may be beyond what float64 holds exactly."""
    return native.number is None or abs(native.number) > 2.0**21


def _square(engine, operation, x):
    exact = operation.outputs[0].dtype == "int32"
    return elementwise(engine, (lambda node: exact_product(node, node)) if exact else C.square, [x])


def _sqrt(engine, operation, x):
    return elementwise(engine, exact_sqrt if engine.exact_roots else C.sqrt, [x])


def _maximum(engine, operation, x, y):
    if _is_number_beside(y, x) and y.number == y.number:
        return elementwise(engine, lambda node: limited(node, y.number, INFINITY), [x])
    if x.number == 0 and _is_number_beside(x, y):
        return elementwise(engine, rectified, [y])
    return elementwise(engine, larger, [x, y])


def _minimum(engine, operation, x, y):
    if _is_number_beside(y, x) and y.number == y.number:
        return elementwise(engine, lambda node: limited(node, -INFINITY, y.number), [x])
    return elementwise(engine, smaller, [x, y])


def _clip(engine, operation, x):
    low, high = operation.attributes["min_value"], operation.attributes["max_value"]
    return elementwise(engine, lambda node: limited(node, low, high), [x])


def rectified(x, finite=False):
    """max(0, x) with gradient 0 at 0. CNTK's is nan at -inf in float32, in float64 0 at nan."""
    if x.dtype == np.float64:
        return larger(C.constant(np.zeros((), x.dtype)), x)
    return C.relu(x if finite else limited(x, np.finfo(x.dtype).min, INFINITY))


def _relu(engine, operation, x):
    alpha, limit = operation.attributes["alpha"], operation.attributes["max_value"]
    finite = is_finite_sum(operation.inputs[0])

    def leaky(node):
        value = rectified(node, finite)
        if alpha:
            value = value - alpha * rectified(C.negate(node), finite)
        return value if limit is None else limited(value, -INFINITY, limit)

    return elementwise(engine, leaky, [x])


def _select(engine, operation, condition, x, y):
    return elementwise(engine, C.element_select, [condition, x, y])


LOWERINGS = {
    "negative": _one(C.negate),
    "absolute": _one(C.abs),
    "sign": _one(sign),
    "exp": _one(C.exp),
    "log": _log,
    "sqrt": _sqrt,
    "square": _square,
    "sin": _one(C.sin),
    "cos": _one(C.cos),
    "tanh": _one(C.tanh),
    "sigmoid": _one(C.sigmoid),
    "softplus": _one(C.softplus),
    "floor": _one(C.floor),
    "round": _one(round_half_even),
    "add": _unless(0.0, over_rows(_spread(C.plus), ELEMENTS_FROM)),
    "subtract": over_rows(_spread(C.minus)),
    "multiply": _unless(1.0, over_rows(_multiply)),
    "divide": over_rows(_divide),
    "maximum": over_rows(_maximum),
    "minimum": over_rows(_minimum),
    "clip": _clip,
    "relu": _relu,
    "equal": over_rows(_two(C.equal)),
    "not_equal": over_rows(_two(C.not_equal)),
    "greater": over_rows(_two(C.greater)),
    "greater_equal": over_rows(_two(C.greater_equal)),
    "less": over_rows(_two(C.less)),
    "less_equal": over_rows(_two(C.less_equal)),
    "select": _select,
    "stop_gradient": _one(stopped),
}
