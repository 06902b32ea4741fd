"""float64 in every run, to the last digits."""

import numpy as np

from harness.worker.conformance.cases.state import adadelta, adam, descent, rmsprop, training
from harness.worker.conformance.forms import Expression, Program, draw

EXACT = 1e-12
X, Y = draw(3, 4, low=0.3, high=2.0, seed=550), draw(4, low=0.3, high=2.0, seed=551)
IMAGE, KERNEL = draw(2, 2, 5, 5, seed=552), draw(3, 2, 3, 3, seed=553)
LEFT, RIGHT = draw(3, 4, seed=554), draw(4, 5, seed=555)
SEQUENCE, STATE, INNER = draw(2, 3, 4, seed=556), draw(2, 4, seed=557), draw(4, 4, seed=558)
UNARY = ("exp", "log", "sqrt", "square", "sin", "cos", "tanh", "sigmoid", "softplus", "absolute", "negative")


def float64(label, inputs, build, wrt=None):
    """A case whose floats are float64 in every run."""
    floats = tuple(name for name, array in inputs.items() if np.asarray(array).dtype == "float64")
    wrt = floats if wrt is None else wrt
    return Expression("dtypes-float64-" + label, inputs, build, wrt, tolerance=EXACT, kept=floats)


def unary(K, P, x):
    """Every function of one number."""
    return {name: P.unary(name, x) for name in UNARY}


def binary(K, P, x, y):
    """Functions of two, and limits."""
    return {
        "sum": x + y,
        "difference": x - 1 / 3,
        "product": x * y,
        "quotient": x / y,
        "power": K.pow(x, y),
        "larger": K.maximum(x, y),
        "clip": K.clip(x, 1 / 3, 4 / 3),
    }


def reduced(K, P, x, y):
    """Reductions, softmax and a loss."""
    rows = K.softmax(x)
    return {
        "sum": K.sum(x, axis=0),
        "mean": K.mean(x),
        "max": K.max(x, axis=1),
        "softmax": rows,
        "crossentropy": K.categorical_crossentropy(rows, P.constant(np.eye(3, 4), "float64")),
        "with_vector": x + y,
    }


def structured(K, P, left, right):
    """Products, parts, joins and rows."""
    return {
        "dot": K.dot(left, right),
        "batch_dot": K.batch_dot(K.expand_dims(left, 1), K.repeat(left, 2), (2, 2)),
        "padded": K.temporal_padding(K.expand_dims(left, -1), 1),
        "parts": K.concatenate([left[:, 1:3], K.transpose(right)[:3]], axis=1),
        "rows": K.gather(right, P.constant(np.array([3, 0, 3]), "int32")),
    }


def windows(K, P, x, kernel):
    """Convolution and both poolings, padded."""
    filtered = K.conv2d(x, kernel, border_mode="same", dim_ordering="th")
    return {
        "filtered": filtered,
        "dilated": K.conv2d(x, kernel, dim_ordering="th", filter_dilation=(2, 2)),
        "largest": K.pool2d(x, (2, 2), (2, 2), border_mode="same", dim_ordering="th"),
        "average": K.pool2d(x, (2, 2), (2, 2), border_mode="same", dim_ordering="th", pool_mode="avg"),
    }


def recurrent(K, P, x, h, kernel):
    """K.rnn."""

    def step(element, states):
        new = K.tanh(element + K.dot(states[0], kernel))
        return new, [new]

    return {"last": K.rnn(step, x, [h])[0]}


def extreme(K, P, x):
    """Numbers that float32 does not have, in ratios that tell every one of them as exactly as the others."""
    return {
        "log": K.log(x),
        "root": K.sqrt(x) / K.sqrt(x * 2),
        "tenfold": x * 10 / x,
        "inverse": 1 / x * x,
        "above": K.greater(x, 0),
        "sign": K.sign(x),
    }


def far(K, P, x):
    """What comes near its limit, or leaves it, no sooner than float64 lets it."""
    return {name: P.unary(name, x) for name in ("tanh", "sigmoid")}


def draws(bench):
    """Draws of float64 have digits that float32 has not, and keep to their limits."""
    K = bench.K
    uniform = K.random_uniform((40, 50), 0.1, 0.3, dtype="float64", seed=60)
    normal = K.random_normal((40, 50), 2.0, 0.5, dtype="float64", seed=61)
    dropped = K.dropout(K.variable(np.ones((40, 50)) / 3, "float64"), 0.25, seed=62)
    uniform, normal, dropped = bench.function([], [uniform, normal, dropped], [])([])
    found = {
        "uniform_is_wide": np.mean(uniform != uniform.astype("float32")) > 0.9,
        "normal_is_wide": np.mean(normal != normal.astype("float32")) > 0.9,
        "uniform_in_limits": uniform.min() >= 0.1 and uniform.max() < 0.3,
        "uniform_mean": abs(uniform.mean() - 0.2) < 0.01,
        "normal_mean": abs(normal.mean() - 2.0) < 0.05,
        "dropout": np.all((dropped == 0) | (np.abs(dropped - 4 / 9) < EXACT)),
    }
    return {"value/" + name: np.array(bool(true)) for name, true in found.items()}


def float64_variables(bench):
    """float64 variables beside those of the run's float type."""
    K = bench.K
    x = K.placeholder((3,), dtype="float64")
    v, w = K.variable(np.full(3, 1 / 3), "float64"), K.variable(np.full(3, 0.5))
    step = bench.function(
        [x], [v * x, K.cast(w, "float64") + x], [K.update_add(v, x), K.update(w, K.cast(v, K.floatx()) * 0)]
    )
    product, total = step([np.full(3, 1 / 7)])
    results = {"value/product": product, "value/total": total, "update/v": K.get_value(v), "update/w": K.get_value(w)}
    K.set_value(v, np.full(3, 1 / 11))
    results["update/set"] = K.get_value(v)
    return results


CASES = [
    float64("unary", {"x": X}, unary),
    float64("binary", {"x": X, "y": Y}, binary),
    float64("reductions", {"x": X, "y": Y}, reduced),
    float64("structure", {"left": LEFT, "right": RIGHT}, structured),
    float64("windows", {"x": IMAGE, "kernel": KERNEL}, windows),
    float64("recurrence", {"x": SEQUENCE, "h": STATE, "kernel": INNER}, recurrent),
    float64("extremes", {"x": np.array([1e-300, 3e-40, 5e-37, 1e30, 1e300, 1e-30])}, extreme, wrt=()),
    float64("far", {"x": np.array([-700.0, -40.0, -20.0, -9.5, 9.5, 18.5, 20.0, 36.0])}, far),
    Program("dtypes-float64-draws", draws),
    Program("dtypes-float64-variables", float64_variables, tolerance=EXACT),
]
for _optimizer in (descent, rmsprop, adadelta, adam):
    # rounding grows over ten steps where accumulators are near epsilon
    CASES.append(Program("dtypes-training-" + _optimizer.__name__, training(_optimizer, dtype="float64"), 1e-11))
