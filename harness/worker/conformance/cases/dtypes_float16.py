"""float16: each result is one operation away from numbers that it has."""

import numpy as np

from harness.worker.conformance.forms import Expression, Program

HALF = 1e-3
HALVES = np.array([[1.5, -2.25, 1 / 3, 1000.0], [0.1, 6e-5, -0.7, 65504.0]], "float16")
OTHERS = np.array([0.75, 3.0, -1 / 7, 2.0], "float16")


def halves(K, P, x, y):
    """Arithmetic in float16, with what goes beyond its largest number."""
    return {
        "sum": x + y,
        "difference": x - y,
        "product": x * y,
        "quotient": x / y,
        "larger": K.maximum(x, y),
        "clip": K.clip(x, -1.0, 2.0),
        "relu": K.relu(x),
        "negative": P.unary("negative", x),
        "square": K.square(y),
        "root": K.sqrt(K.abs(x)),
        "exp": K.exp(y),
        "tanh": K.tanh(y),
        "less": K.lesser(x, y),
        "select": P.select(K.lesser(x, y), x, y),
        "concatenate": K.concatenate([x, x], axis=0),
        "gather": K.gather(x, P.constant(np.array([1, 1, 0]), "int32")),
        "max": K.max(x, axis=1),
        "argmax": K.argmax(x),
        "whole": K.sum(K.round(y)),
        "float32": K.cast(x, "float32") * K.cast(y, "float32"),
    }


def half_products(K, P, x, y):
    """A product of matrices and a mean whose sums are exact."""
    return {"dot": K.dot(x, y), "mean": K.mean(x, axis=1)}


def half_gradients(K, P, x, y):
    """Gradients of float16 tensors."""
    return {"product": K.cast(x * y, "float32") * 2}


def half_variables(bench):
    """A variable of float16, set and updated."""
    K = bench.K
    x, v = K.placeholder((4,), dtype="float16"), K.variable(np.array([0.1, 2.0, 2048.0, -1.0]), "float16")
    step = bench.function([x], [v, v * x], [K.update_add(v, x)])
    before, product = step([OTHERS])
    results = {"value/before": before, "value/product": product, "update/after": K.get_value(v)}
    K.set_value(v, np.full(4, 0.3))
    results["update/set"] = K.get_value(v)
    return results


CASES = [
    Expression("dtypes-float16", {"x": HALVES, "y": OTHERS}, halves, tolerance=HALF),
    Expression(
        "dtypes-float16-products",
        {"x": np.array([[1, 2, 0.5, 4], [3, -1, 0.25, 8]], "float16"), "y": np.eye(4, 3, dtype="float16") * 3},
        half_products,
        tolerance=HALF,
    ),
    Expression(
        "dtypes-float16-gradient",
        {"x": HALVES[:, :3], "y": OTHERS[:3]},
        half_gradients,
        wrt=("x", "y"),
        smooth=False,
        tolerance=HALF,
    ),
    Program("dtypes-float16-variables", half_variables, tolerance=HALF),
]
