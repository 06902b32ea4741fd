"""Elementwise functions and comparisons of K: numbers and arrays as operands, dtypes that differ, kinks."""

import numpy as np

from harness.worker.conformance.forms import draw, of_api

X = draw(3, 4, low=-2.0, high=2.0, seed=500)
POSITIVE = draw(3, 4, low=0.2, high=3.0, seed=501)
ROW = draw(4, low=0.5, high=2.0, seed=502)
WITH_ZERO = np.array([-2.0, -0.25, 0.0, 0.25, 3.0])
HALVES = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.75])
INTEGERS = np.array([-3, 0, 2, 5], "int32")
SMALL = np.array([1, 0, 2, 5], "uint8")
BOOLS = np.array([True, False, True, True])
FLOATS = np.array([-2.5, 0.0, 2.0, 4.5])
STEPS = np.array([0.0, 2.0, -1.0, 5.0])
COMPARISONS = ("equal", "not_equal", "greater", "greater_equal", "lesser", "lesser_equal")
OF_ALL = ("square", "abs", "sign", "round")
OF_FLOATS = ("exp", "sin", "cos", "sqrt", "log")


def each(names, *more):
    """Builds the functions of these names of all that is given, each under its name."""
    return lambda K, **given: {name: getattr(K, name)(*(tuple(given.values()) + more)) for name in names}


def powers(K, x, y):
    """Exponents as numbers and as a tensor."""
    return {"cube": K.pow(x, 3), "root": K.pow(x, 0.5), "inverse": K.pow(x, -1), "tensor": K.pow(x, y)}


def clips(K, x):
    """Limits on both sides, none above, a maximum below the minimum, and one limit that is 0."""
    return {
        "both": K.clip(x, -0.5, 1.25),
        "below": K.clip(x, -0.75, None),
        "crossed": K.clip(x, 0.5, -0.5),
        "zero": K.clip(x, 0, 1),
    }


def extremes(K, x, y):
    """Both operands tensors, and one of them a number or an array."""
    return {
        "larger": K.maximum(x, y),
        "smaller": K.minimum(x, y),
        "larger_than_number": K.maximum(x, 0.75),
        "number_smaller": K.minimum(1.5, x),
        "larger_than_array": K.maximum(x, np.array([-1.0, 0.1, 1.0, 0.4])),
    }


def compared(K, x):
    """With a number on either side."""
    results = {name: getattr(K, name)(x, 2) for name in COMPARISONS}
    results.update(("number_" + name, getattr(K, name)(2.0, x)) for name in COMPARISONS)
    return results


def operators(K, x, y):
    """The operators of a tensor, with a number on either side."""
    return {
        "add": 1.5 + x + y,
        "subtract": 1.0 - x - y,
        "multiply": 3 * x * y,
        "divide": 2.0 / x / y,
        "power": 2.0**x * x**y,
        "negative": -x,
        "array": np.array([[1.0], [2.0], [3.0]]) - x,
    }


def mixed(K, x, i, u, b):
    """Dtypes that differ, each pair of them taken to the wider one."""
    return {
        "float_int": K.maximum(x, i),
        "float_bool": x + b,
        "int_bool": K.minimum(i, b),
        "int_byte": i + u,
        "power": K.pow(x, i),
        "equal": K.equal(i, x),
        "greater": K.greater(u, i),
        "fraction": K.maximum(i, 0.5),
        "less_than_fraction": K.lesser(i, 2.5),
        "quotient": i / u,
        "half": i / 2,
        "clip": K.clip(i, -1, 2),
    }


CASES = [
    of_api("arithmetic-functions", each(OF_ALL + OF_FLOATS[:3]), ("x",), x=X),
    of_api("arithmetic-functions_of_positives", each(OF_FLOATS), ("x",), x=POSITIVE),
    of_api("arithmetic-kinks", each(("abs", "sign", "sqrt", "square")), ("x",), False, x=WITH_ZERO),
    of_api("arithmetic-halves", each(("round",)), x=HALVES),
    of_api("arithmetic-log_of_zero_and_negative", each(("log",)), x=WITH_ZERO),
    of_api("arithmetic-integers", each(OF_ALL), x=INTEGERS),
    of_api("arithmetic-pow", powers, ("x", "y"), x=POSITIVE, y=ROW),
    of_api("arithmetic-pow_of_integers", lambda K, x: {"square": K.pow(x, 2)}, x=INTEGERS),
    of_api("arithmetic-clip", clips, ("x",), x=X),
    of_api("arithmetic-extremes", extremes, ("x", "y"), x=X, y=ROW),
    of_api("arithmetic-comparisons", each(COMPARISONS), x=FLOATS[:, None], y=STEPS),
    of_api("arithmetic-comparisons_with_numbers", compared, x=FLOATS),
    of_api("arithmetic-operators", operators, ("x", "y"), x=POSITIVE, y=ROW),
    of_api("arithmetic-mixed_dtypes", mixed, x=FLOATS, i=np.abs(INTEGERS), u=SMALL + np.uint8(1), b=BOOLS),
]
