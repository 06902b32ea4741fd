"""Bools: their logic, what comparisons choose, and variables of them."""

import numpy as np

from harness.worker.conformance.forms import Expression, Program


def logic(K, P, x, y, rows):
    """Bools: + is or, * is and; a sum counts them."""
    return {
        "or": x + y,
        "and": x * y,
        "larger": K.maximum(x, y),
        "smaller": K.minimum(x, y),
        "any": K.any(x, axis=1),
        "all": K.all(x, axis=0),
        "number": K.sum(x, axis=1),
        "product": K.prod(y),
        "max": K.max(x, axis=0),
        "min": K.min(x),
        "equal": K.equal(x, y),
        "greater": K.greater(x, y),
        "less_equal": K.lesser_equal(x, y),
        "select": P.select(x, y, P.cast(P.cast(y, "int8") * 0, "bool")),
        "concatenate": K.concatenate([x, x], axis=0),
        "gather": K.gather(x, rows),
        "transpose": K.transpose(x),
        "share": K.mean(x),
        "count": K.sum(K.cast(x, "int32")),
    }


def chosen(K, P, a, b, n, m, x, y):
    """Comparisons of float64 and of integers choose among numbers of the run's float type, and are cast to it."""
    wide, whole = K.greater(a, b), K.equal(n, m)
    return {
        "by_float64": P.select(wide, x, y),
        "by_integers": P.select(whole, x, y),
        "float64": P.select(whole, a, b),
        "cast": K.cast(wide, K.floatx()) * x,
        "as_float64": K.cast(wide, "float64") * a,
        "as_integers": K.cast(wide, "int64") * n,
        "both": wide * whole,
    }


def counted(K, P, x):
    """A number beside bools makes numbers of them, a bool does not."""
    return {
        "sum": x + 1,
        "without": 1 - x,
        "times": x * 2,
        "share": x * 0.5,
        "half": x / 2,
        "is_two": K.equal(x, 2),
        "less": K.lesser(x, np.array([0, 1, 2], "int32")),
        "flag": x * True,
        "negative": -x,
    }


def flags(bench):
    """A variable of bools."""
    K, first = bench.K, np.array([True, False, True, False])
    x, v = K.placeholder((4,), dtype="bool"), K.variable(first, "bool")
    step = bench.function([x], [v, x], [K.update(v, v * x)])
    before, fed = step([np.array([True, True, False, False])])
    results = {"value/before": before, "value/fed": fed, "update/after": K.get_value(v)}
    K.set_value(v, ~first)
    results["update/set"] = K.get_value(v)
    return results


CASES = [
    Expression(
        "dtypes-bool-logic",
        {
            "x": np.array([[True, True, False], [False, False, False]]),
            "y": np.array([True, False, False]),
            "rows": np.array([1, 0, 0], "int32"),
        },
        logic,
    ),
    Expression(
        "dtypes-bool-chosen",
        {
            "a": np.array([1 + 1e-12, 1.0, 2.0]),
            "b": np.array([1.0, 1.0, 2 - 1e-12]),
            "n": np.array([2**24 + 1, 2**24 + 1, 5], "int64"),
            "m": np.array([2**24, 2**24 + 1, 5], "int64"),
            "x": np.array([1.0, 2.0, 3.0]),
            "y": np.array([4.0, 5.0, 6.0]),
        },
        chosen,
        wrt=("x", "y"),
        kept=("a", "b"),
    ),
    Expression("dtypes-bool-numbers", {"x": np.array([True, False, True])}, counted),
    Program("dtypes-bool-variables", flags),
]
