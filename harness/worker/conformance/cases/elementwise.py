"""Elementwise primitives: edge values, broadcasting on both sides, ties, nan, dtypes."""

import numpy as np

from harness.worker.conformance.forms import Expression, draw

X = draw(3, 7, low=-2.0, high=2.0, seed=1)
POSITIVE = draw(3, 7, low=0.1, high=3.0, seed=2)
HALVES = np.arange(-3.5, 4.0, 0.5)
EXTREMES = np.array([-200.0, -90.0, -20.0, -1.0, 0.0, 1.0, 20.0, 90.0, 200.0])
WITH_ZERO = np.array([-2.0, -1.0, -0.25, 0.0, 0.25, 1.0, 2.0, 3.0, -3.0])
# broadcast against each other on different axes
LEFT = draw(4, 1, 5, low=0.5, high=2.0, seed=3)
RIGHT = draw(3, 1, low=0.5, high=2.0, seed=4)
TIES = (np.array([[1.0, 2.0, 2.0, -1.0, 0.0]]), np.array([[2.0], [0.0], [-1.0]]))
NOT_A_NUMBER = (
    np.array([np.nan, 1.0, 2.0, 5.0, 4.0, 3.0, 2.0, np.nan, 0.0]),
    np.array([1.0, np.nan, 3.0, 4.0, 5.0, np.nan, 2.0, np.nan, 1.0]),
)


def unary(name, x, label=None, wrt=("x",), smooth=True):
    """A case of one of primitive_table.UNARY."""
    return Expression("elementwise-" + (label or name), {"x": x}, lambda K, P, x: {"y": P.unary(name, x)}, wrt, smooth)


def binary(name, x, y, label=None, wrt=("x", "y"), smooth=True):
    """A case of one of primitive_table.BINARY."""
    return Expression(
        "elementwise-" + (label or name),
        {"x": x, "y": y},
        lambda K, P, x, y: {"z": P.binary(name, x, y)},
        wrt,
        smooth,
    )


def comparison(name, x, y, label=None):
    """A case of one of primitive_table.COMPARISONS."""
    return Expression(
        "elementwise-" + (label or name), {"x": x, "y": y}, lambda K, P, x, y: {"z": P.comparison(name, x, y)}
    )


def cast(label, x, dtype, wrt=()):
    """A case of primitives.cast."""
    return Expression("elementwise-cast-" + label, {"x": x}, lambda K, P, x: {"y": P.cast(x, dtype)}, wrt)


CASES = [unary(name, X) for name in ("negative", "exp", "square", "sin", "cos", "tanh", "sigmoid")]
CASES += [
    unary("absolute", WITH_ZERO, smooth=False),
    unary("sign", WITH_ZERO, smooth=False),
    unary("log", POSITIVE),
    unary("log", np.array([0.0, 1.0, -1.0]), "log-of_zero_and_negative", wrt=()),
    unary("sqrt", POSITIVE),
    unary("sqrt", WITH_ZERO, "sqrt-of_zero_and_negative", smooth=False),
    unary("floor", X),
    unary("floor", HALVES, "floor-halves", wrt=()),
    unary("round", X),
    unary("round", HALVES, "round-halves_to_even", wrt=()),
    unary("sigmoid", EXTREMES, "sigmoid-extremes"),
    unary("tanh", EXTREMES, "tanh-extremes"),
]
CASES += [
    binary(name, LEFT, RIGHT) for name in ("add", "subtract", "multiply", "divide", "power", "maximum", "minimum")
]
CASES += [
    binary("add", draw(3, 4), draw(4, seed=5), "add-vector_to_rows"),
    binary("add", draw(4, seed=6), draw(3, 4, seed=7), "add-rows_to_vector"),
    binary("add", draw(128, 128, seed=11), draw(128, seed=12), "add-vector_to_many_rows", wrt=("y",)),
    binary("add", draw(128, seed=13), draw(4, 32, 128, seed=14), "add-many_rows_to_vector-3d", wrt=("x",)),
    binary("multiply", draw(3, 4, seed=8), np.array(2.5), "multiply-by_scalar"),
    binary("power", -POSITIVE, np.full((3, 7), 3.0), "power-negative_base", wrt=("x",)),
    binary("maximum", *TIES, label="maximum-ties", smooth=False),
    binary("minimum", *TIES, label="minimum-ties", smooth=False),
    binary("maximum", *NOT_A_NUMBER, label="maximum-nan", wrt=()),
    binary("minimum", *NOT_A_NUMBER, label="minimum-nan", wrt=()),
    binary("add", np.arange(6, dtype="int32").reshape(2, 3), np.array([1, -2, 3], "int32"), "add-int32", wrt=()),
    binary("multiply", np.arange(6, dtype="int32"), np.arange(6, dtype="int32"), "multiply-int32", wrt=()),
]
for _name in ("equal", "not_equal", "greater", "greater_equal", "less", "less_equal"):
    CASES.append(comparison(_name, *TIES))
CASES += [
    comparison("equal", np.array([1, 2, 3], "int64"), np.array([1, 0, 3], "int64"), "equal-int64"),
    comparison("less", np.array([1, 2, 3], "int32"), np.array([2, 2, 2], "int32"), "less-int32"),
    cast("float_to_int32", HALVES, "int32"),
    cast("float_to_bool", WITH_ZERO, "bool"),
    cast("int32_to_float32", np.array([-2, 0, 3], "int32"), "float32"),
    cast("bool_to_float32", np.array([True, False, True]), "float32"),
    cast("float_to_float64", X, "float64", wrt=("x",)),
    Expression(
        "elementwise-select",
        {"condition": np.array([[True], [False], [True]]), "x": draw(3, 4, seed=9), "y": draw(4, seed=10)},
        lambda K, P, condition, x, y: {"z": P.select(condition, x, y)},
        ("x", "y"),
    ),
    Expression(
        "elementwise-stop_gradient",
        {"x": X},
        lambda K, P, x: {"y": x * P.stop_gradient(P.unary("square", x))},
        ("x",),
        smooth=False,
    ),
]
