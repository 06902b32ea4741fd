"""Dtypes: integers over their whole range, bools, float64 in a run of another float type, float16, and all casts."""

import numpy as np

from harness.worker.conformance_cases.forms import Expression, Program, draw
from harness.worker.conformance_cases.state import adadelta, adam, descent, rmsprop, training

SIGNED = ("int8", "int16", "int32", "int64")
INTEGERS = SIGNED + ("uint8",)
LARGE = ("int32", "int64")  # beyond 2**24, up to which float32 has every one
FLOATS = ("float16", "float32", "float64")
ALL = FLOATS + INTEGERS + ("bool",)
COMPARISONS = ("equal", "not_equal", "greater", "greater_equal", "less", "less_equal")
LARGEST = 2**53  # up to which float64, which CNTK has in place of integers, has every one
EXACT = 1e-12
HALF = 1e-3


def limits(dtype):
    """(smallest, largest) number that the cases use."""
    return (-LARGEST, LARGEST) if dtype == "int64" else (np.iinfo(dtype).min, np.iinfo(dtype).max)


def integers(dtype, *shape, seed, share=1):
    """Integers over the dtype's range, or a share of it; the first two are the ends."""
    low, high = (int(end) // share for end in limits(dtype))
    numbers = np.random.RandomState(seed).randint(low, high, size=shape, dtype="int64").astype(dtype)
    numbers.ravel()[:2] = low, high
    return numbers


def arithmetic(dtype):
    """Sums, differences and products: they wrap around, but those of int64 stay within what is exact."""
    share = {"int64": 2**27}.get(dtype, 1)
    inputs = {
        "x": integers(dtype, 3, 4, seed=500, share=2 if dtype == "int64" else 1),
        "y": integers(dtype, 4, seed=501, share=2 if dtype == "int64" else 1),
        "a": integers(dtype, 3, 4, seed=502, share=share),
        "b": integers(dtype, 3, 1, seed=503, share=share),
        "m": integers(dtype, 4, 2, seed=504, share={"int32": 2**8, "int64": 2**28}.get(dtype, 1)),
    }

    def build(K, P, x, y, a, b, m):
        return {
            "sum": x + y,
            "difference": x - y,
            "product": a * b,
            "square": K.square(a),
            "larger": K.maximum(x, y),
            "smaller": K.minimum(x, y),
            "negative": P.unary("negative", x),
            "magnitude": K.abs(x),
            "sign": K.sign(x),
            "with_number": 3 * a - 1,
            "overflows": K.lesser(x + y, x),
            "dot": P.dot(P.transpose(m, (1, 0)), m),
            "power": K.pow(P.constant(np.array([0, 1, 2, 3]), dtype), P.constant(np.array([[0], [1], [4]]), dtype)),
        }

    return Expression("dtypes-arithmetic-" + dtype, inputs, build)


def reductions(dtype):
    """Sums and products that wrap around, the largest and smallest and where they are."""
    inputs = {
        "x": integers(dtype, 2, 3, 4, seed=510, share=2**5 if dtype == "int64" else 1),
        "factors": integers(dtype, 2, 3, seed=511, share=2**36 if dtype == "int64" else 1),
    }

    def build(K, P, x, factors):
        return {
            "sum": K.sum(x, axis=1),
            "total": K.sum(x),
            "product": K.prod(factors, axis=1),
            "max": K.max(x, axis=(0, 2)),
            "min": K.min(x, axis=-1, keepdims=True),
            "argmax": K.argmax(x, axis=-1),
            "argmin": K.argmin(x, axis=1),
            "index_of_argmax": K.argmax(x, axis=-1) * 2 - 1,
        }

    return Expression("dtypes-reductions-" + dtype, inputs, build)


def compared(dtype):
    """Comparisons of neighbours at both ends of the range, and of a number with another's wrapped one."""
    low, high = limits(dtype)
    x = np.array([low, low + 1, high - 1, high, 0, 1, high // 2 + 1], dtype)
    y = np.array([[low + 1], [high - 1], [0], [high // 2 + 1]], dtype)

    def build(K, P, x, y):
        return {name: P.comparison(name, x, y) for name in COMPARISONS}

    return Expression("dtypes-comparisons-" + dtype, {"x": x, "y": y}, build)


# Numbers of each dtype that casts are made of. What a float beyond an integer's range becomes is no one's promise.
SOURCES = {
    "float16": np.array([-2.75, -0.3, 0.0, 0.3, 1.0, 2.5, 126.9], "float16"),
    "float32": np.array([-2.75, -0.3, 0.0, 1e-6, 1.0, 1 / 3, 126.9], "float32"),
    "float64": np.array([-2.75, -0.3, 0.0, 1e-12, 1.0, 1 / 3, 126.9], "float64"),
    "int8": np.array([-128, -1, 0, 1, 127], "int8"),
    "int16": np.array([-32768, -129, -1, 0, 1, 128, 255, 32767], "int16"),
    "int32": np.array([-(2**31), -32769, -129, 0, 1, 255, 65541, 2**24 + 1, 2**31 - 1], "int32"),
    "int64": np.array([-LARGEST + 1, -(2**31) - 1, -1, 0, 1, 255, 2**24 + 1, 2**32 + 7, LARGEST - 1], "int64"),
    "uint8": np.array([0, 1, 127, 128, 255], "uint8"),
    "bool": np.array([True, False]),
}


def casts(source):
    """Numbers of one dtype as each other; for uint8 those of floats without their sign."""

    def build(K, P, x):
        unsigned = K.abs(x) if source in FLOATS else x
        return {dtype: P.cast(unsigned if dtype == "uint8" else x, dtype) for dtype in ALL}

    return Expression("dtypes-casts-" + source, {"x": SOURCES[source]}, build, kept=("x",))


def moved(dtype):
    """What only moves numbers leaves each as it is."""
    inputs = {
        "x": integers(dtype, 2, 3, seed=520),
        "y": integers(dtype, 2, 3, seed=521),
        "rows": integers(dtype, 5, 2, seed=522),
        "flags": np.array([[True, False, True]]),
        "few": np.array([4, 0, 0], "int32"),
        "many": np.array([[3, 1], [0, 2]], "int64"),
    }

    def build(K, P, x, y, rows, flags, few, many):
        low, high = limits(dtype)
        return {
            "select": P.select(flags, x, y),
            "concatenate": K.concatenate([x, y], axis=1),
            "gather": K.gather(rows, few),
            "gather_64": K.gather(rows, many),
            "slice": x[1, ::-1],
            "transpose": K.transpose(x),
            "reshape": K.reshape(x, (3, -1)),
            "expand": K.expand_dims(x, 1),
            "fill": P.fill(None, (2,), high, dtype),
            "constant": P.constant(np.array([low, high]), dtype),
            "same": x,
        }

    return Expression("dtypes-moved-" + dtype, inputs, build, free=("x",))


def kept_in_variables(dtype):
    """Variables hold every number; updates count on from it and wrap around as all arithmetic does."""
    first, second = integers(dtype, 4, seed=530, share=4), integers(dtype, 4, seed=531, share=4)

    def body(bench):
        K = bench.K
        x = K.placeholder((4,), dtype=dtype)
        v, w = K.variable(first, dtype), K.variable(second, dtype)
        step = bench.function([x], [v, x, v + w], [K.update_add(v, x), K.update(w, v - x)])
        results = {"value/start": K.get_value(v)}
        for call in range(2):
            for label, value in zip(("before", "fed", "sum"), step([second])):
                results["value/%s_%d" % (label, call)] = value
            results.update({"update/v_%d" % call: K.get_value(v), "update/w_%d" % call: K.get_value(w)})
        K.set_value(v, second)
        (doubled,) = bench.function([], [v + v], [])([])
        results.update({"update/set": K.get_value(v), "value/doubled": doubled})
        return results

    return Program("dtypes-variables-" + dtype, body)


def counted(K, P, x, start):
    """An int64 state and an int32 sequence in the scan of floats."""
    element, number = P.placeholder((2,), x.dtype), P.placeholder((2,), "int32")
    total, state = P.placeholder((2,), "int64"), P.placeholder((2,), x.dtype)
    new_total = total + P.cast(number, "int64")
    new_state = P.select(K.greater(number, 2**24), element + state, state)
    body = P.Body((element, number), (total, state), (), (new_total,), (new_total, new_state))
    numbers = P.constant(NUMBERS, "int32")
    totals, last, chosen = P.scan(body, [x, numbers], [start, P.constant(np.zeros(2), x.dtype)], [])
    return {"totals": totals, "last": last, "chosen": chosen}


NUMBERS = np.array([[2**24 + 1, 2**24, 2**31 - 1], [1, 2**30 + 1, 2**24]], "int32")
TIMES = draw(2, 3, seed=540)


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


def means(K, P, n, b, u):
    """Integers and bools become the run's float type first."""
    return {"int32": K.mean(n, axis=1), "bool": K.mean(b), "uint8": K.mean(u)}


def divided(K, P, n, m):
    """True division of integers is one of the run's float type."""
    return {"quotient": n / m, "by_number": n / 4, "with_float": n * 0.5}


# float64 in every run, to the last digits
X, Y = draw(3, 4, low=0.3, high=2.0, seed=550), draw(4, low=0.3, high=2.0, seed=551)
IMAGE, KERNEL = draw(2, 2, 5, 5, seed=552), draw(3, 2, 3, 3, seed=553)
LEFT, RIGHT = draw(3, 4, seed=554), draw(4, 5, seed=555)
SEQUENCE, STATE, INNER = draw(2, 3, 4, seed=556), draw(2, 4, seed=557), draw(4, 4, seed=558)
UNARY = ("exp", "log", "sqrt", "square", "sin", "cos", "tanh", "sigmoid", "softplus", "absolute", "negative")


def float64(label, inputs, build, wrt=None, smooth=True):
    """A case whose floats are float64 in every run."""
    floats = tuple(name for name, array in inputs.items() if np.asarray(array).dtype == "float64")
    wrt = floats if wrt is None else wrt
    return Expression("dtypes-float64-" + label, inputs, build, wrt, smooth, tolerance=EXACT, kept=floats)


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


def whole(K, P, x):
    """Where every float is whole, or every other one half."""
    rounded = {"round": K.round(x), "floor": P.unary("floor", x), "cast": x}
    return {label: K.cast(tensor, "int64") for label, tensor in rounded.items()}


# the last bit of float32 is 1 or 1/2; times 2**29 that of float64 is
WHOLE = np.array([2.0**23 + 1, -(2.0**23) - 1, 2.0**22 + 0.5, -(2.0**22) - 1.5, 2.0**24 - 1])


def through_casts(K, P, x, w):
    """Products of both float types, each cast to the other and used elsewhere too."""
    wide, narrow = K.cast(x, "float64"), K.cast(w, "float32")
    return {"wide": wide * w + K.square(w), "narrow": narrow * x + x, "again": K.cast(wide * w, "float32") * narrow}


def crossing(K, P, x, h, c):
    """A float32 and a float64 state that each goes into the other."""
    element, narrow = (P.placeholder((2, 4), "float32") for _ in range(2))
    wide = P.placeholder((2, 4), "float64")
    new_wide = K.tanh(wide + K.cast(narrow, "float64") / 3)
    new_narrow = element * K.cast(wide, "float32") + narrow / 2
    body = P.Body((element,), (narrow, wide), (), (new_narrow,), (new_narrow, new_wide))
    outputs, last, last_wide = P.scan(body, [x], [h, c], [])
    return {"outputs": outputs, "last": last, "wide": last_wide}


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


# float16: each result is one operation away from numbers that it has
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


def half_slopes(K, P, x, y):
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


CASES = [make(dtype) for make in (arithmetic, reductions, compared) for dtype in INTEGERS]
CASES += [make(dtype) for make in (moved, kept_in_variables) for dtype in LARGE]
CASES += [casts(source) for source in ALL]
CASES += [
    Expression("dtypes-scan", {"x": TIMES, "start": np.array([2**52, -(2**40) - 1], "int64")}, counted),
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
    Program("dtypes-bool-variables", flags),
    Expression(
        "dtypes-mean",
        {
            "n": np.array([[1, 2, 6], [-7, 0, 1]], "int32"),
            "b": np.array([True, False, True, True]),
            "u": np.array([200, 100, 255], "uint8"),
        },
        means,
    ),
    Expression("dtypes-division", {"n": np.array([7, -7, 2], "int32"), "m": np.array([2, 4, -3], "int32")}, divided),
    float64("unary", {"x": X}, unary),
    float64("binary", {"x": X, "y": Y}, binary),
    float64("reductions", {"x": X, "y": Y}, reduced),
    float64("structure", {"left": LEFT, "right": RIGHT}, structured),
    float64("windows", {"x": IMAGE, "kernel": KERNEL}, windows),
    float64("recurrence", {"x": SEQUENCE, "h": STATE, "kernel": INNER}, recurrent),
    float64("extremes", {"x": np.array([1e-300, 3e-40, 5e-37, 1e30, 1e300, 1e-30])}, extreme, wrt=()),
    float64("far", {"x": np.array([-700.0, -40.0, -20.0, -9.5, 9.5, 18.5, 20.0, 36.0])}, far),
    Expression("dtypes-whole-float32", {"x": WHOLE.astype("float32")}, whole),
    Expression("dtypes-whole-float64", {"x": WHOLE * 2.0**29}, whole, kept=("x",)),
    Expression(
        "dtypes-mixed-gradient",
        {"x": draw(3, 4, seed=560).astype("float32"), "w": draw(4, seed=561)},
        through_casts,
        wrt=("x", "w"),
        smooth=False,
        kept=("w",),
    ),
    Expression(
        "dtypes-mixed-scan",
        {"x": SEQUENCE.astype("float32"), "h": STATE.astype("float32"), "c": draw(2, 4, seed=562)},
        crossing,
        wrt=("x", "h", "c"),
        smooth=False,
        kept=("c",),
    ),
    Program("dtypes-float64-draws", draws),
    Program("dtypes-float64-variables", float64_variables, tolerance=EXACT),
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
        half_slopes,
        wrt=("x", "y"),
        smooth=False,
        tolerance=HALF,
    ),
    Program("dtypes-float16-variables", half_variables, tolerance=HALF),
]
for _optimizer in (descent, rmsprop, adadelta, adam):
    # rounding grows over ten steps where accumulators are near epsilon
    CASES.append(Program("dtypes-training-" + _optimizer.__name__, training(_optimizer, dtype="float64"), 1e-11))
