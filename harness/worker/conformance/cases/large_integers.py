"""int64 numbers beyond 2^53, of which float64 has every other one: exact, or refused by CNTK, which has only floats."""

import numpy as np

from harness.worker.conformance.forms import Program, of_api

BIG = 2**53
X, Y = [BIG + 1, BIG, -BIG - 1, 5], [BIG, BIG + 1, 1, -2]
MOST, LEAST = 2**63 - 1, -(2**63)
FUNCTIONS = {
    # name -> (of two tensors, result)
    "same": (lambda K, x, y: x, X),
    "max": (lambda K, x, y: K.max(x), BIG + 1),
    "min": (lambda K, x, y: K.min(x), -BIG - 1),
    "max_along": (lambda K, x, y: K.max(K.stack([x, y]), axis=0), [BIG + 1, BIG + 1, 1, 5]),
    "min_along": (lambda K, x, y: K.min(K.stack([x, y]), axis=0, keepdims=True), [[BIG, BIG, -BIG - 1, -2]]),
    "max_of_two_axes": (lambda K, x, y: K.max(K.reshape(x, (2, 1, 2)), axis=[0, 2]), [BIG + 1]),
    "argmax": (lambda K, x, y: K.argmax(x), 0),
    "argmin": (lambda K, x, y: K.argmin(K.stack([x, y]), axis=0), [1, 0, 0, 1]),
    "sum": (lambda K, x, y: K.sum(x), BIG + 5),
    "sum_along": (lambda K, x, y: K.sum(K.stack([x, y]), axis=0), [2 * BIG + 1, 2 * BIG + 1, -BIG, 3]),
    "prod": (lambda K, x, y: K.prod(K.stack([x, y])[:, 2:], axis=0), [-BIG - 1, -10]),
    "any": (lambda K, x, y: K.any(x - BIG), True),
    "all": (lambda K, x, y: K.all(x - BIG - 1), False),
    "abs": (lambda K, x, y: K.abs(x), [BIG + 1, BIG, BIG + 1, 5]),
    "sign": (lambda K, x, y: K.sign(x - BIG), [1, 0, -1, -1]),
    "negative": (lambda K, x, y: -x, [-BIG - 1, -BIG, BIG + 1, -5]),
    "square": (lambda K, x, y: K.square(x - BIG + 2**31), [(2**31 + 1) ** 2, 2**62, None, None]),
    "round": (lambda K, x, y: K.round(x), X),
    "relu": (lambda K, x, y: K.relu(x), [BIG + 1, BIG, 0, 5]),
    "leaky": (lambda K, x, y: K.relu(x, alpha=3), [BIG + 1, BIG, -3 * BIG - 3, 5]),
    "capped": (lambda K, x, y: K.relu(x, max_value=BIG), [BIG, BIG, 0, 5]),
    "clip": (lambda K, x, y: K.clip(x, -BIG - 3, BIG + 1), X),
    "clip_closer": (lambda K, x, y: K.clip(x, -3, BIG), [BIG, BIG, -3, 5]),
    "power": (lambda K, x, y: K.pow(x, 1), X),
    "power_wraps": (lambda K, x, y: K.pow(x - BIG, 3), [1, 0, None, None]),
    "power_of_3": (
        lambda K, x, y: K.pow(K.maximum(y - BIG, 0) * 0 + 3, K.clip(y - BIG, 0, 1) + 38),
        [3**38, 3**39, 3**38, 3**38],
    ),
    "add": (lambda K, x, y: x + y, [2 * BIG + 1, 2 * BIG + 1, -BIG, 3]),
    "subtract": (lambda K, x, y: x - y, [1, -1, -BIG - 2, 7]),
    "multiply": (lambda K, x, y: x * (y - BIG), [0, BIG, None, None]),
    "add_number": (lambda K, x, y: x + 2, [BIG + 3, BIG + 2, -BIG + 1, 7]),
    "times_number": (lambda K, x, y: x * 3, [3 * BIG + 3, 3 * BIG, -3 * BIG - 3, 15]),
    "large_number": (lambda K, x, y: K.maximum(x, BIG + 1) - BIG, [1, 1, 1, 1]),
    "wraps": (lambda K, x, y: x * 0 + MOST + 1, [LEAST] * 4),
    "floor_divide": (lambda K, x, y: x // 2, [BIG // 2, BIG // 2, -BIG // 2 - 1, 2]),
    "modulo": (lambda K, x, y: x % 2, [1, 0, 1, 1]),
    "maximum": (lambda K, x, y: K.maximum(x, y), [BIG + 1, BIG + 1, 1, 5]),
    "minimum": (lambda K, x, y: K.minimum(x, y), [BIG, BIG, -BIG - 1, -2]),
    "equal": (lambda K, x, y: K.equal(x, y), [False] * 4),
    "not_equal": (lambda K, x, y: K.not_equal(x, y), [True] * 4),
    "greater": (lambda K, x, y: K.greater(x, y), [True, False, False, True]),
    "greater_equal": (lambda K, x, y: K.greater_equal(x, y), [True, False, False, True]),
    "lesser": (lambda K, x, y: K.lesser(x, y), [False, True, True, False]),
    "lesser_equal": (lambda K, x, y: K.lesser_equal(x, y), [False, True, True, False]),
    "equal_to_number": (lambda K, x, y: K.equal(x, BIG), [False, True, False, False]),
    "switch": (lambda K, x, y: K.switch(K.greater(x, y), x, y), [BIG + 1, BIG + 1, 1, 5]),
    "condition": (lambda K, x, y: K.switch(x - BIG, 1, 0), [1, 0, 1, 1]),
    "counted": (lambda K, x, y: K.arange(BIG + 1, BIG + 4, dtype="int64"), [BIG + 1, BIG + 2, BIG + 3]),
    "gather": (lambda K, x, y: K.gather(x, [2, 0]), [-BIG - 1, BIG + 1]),
    "reverse": (lambda K, x, y: K.reverse(x, 0), X[::-1]),
    "joined": (lambda K, x, y: K.concatenate([x, y]), X + Y),
    "repeated": (lambda K, x, y: K.repeat_elements(x, 2, 0), [each for each in X for _ in range(2)]),
    "tiled": (lambda K, x, y: K.tile(x, 2), X * 2),
    "folded": (lambda K, x, y: K.foldl(K.maximum, x), BIG + 1),
    "mapped": (lambda K, x, y: K.map_fn(lambda each: each + 1, x), [each + 1 for each in X]),
    "as_int32": (lambda K, x, y: K.cast(x, "int32"), [1, 0, -1, 5]),
    "as_uint8": (lambda K, x, y: K.cast(x, "uint8"), [1, 0, 255, 5]),
    "as_float64": (lambda K, x, y: K.cast(x - BIG, "float64"), [1.0, 0.0, -2.0 * BIG, 5.0 - BIG]),
    "as_bool": (lambda K, x, y: K.cast(x - BIG, "bool"), [True, False, True, True]),
}
TYPES = {"as_int32": "int32", "as_uint8": "uint8", "as_float64": "float64"}


def exact(bench):
    """Of each function whether its result is right to the last digit, or CNTK refuses the call."""
    if bench.engine.backend == "cntk":
        return {"value/" + name: np.array(refused(bench, build)) for name, (build, _) in FUNCTIONS.items()}
    x, y = (bench.K.placeholder((4,), dtype="int64") for _ in range(2))
    found = bench.function([x, y], [build(bench.K, x, y) for build, _ in FUNCTIONS.values()])(arrays())
    pairs = zip(FUNCTIONS.items(), found)
    return {"value/" + name: np.array(is_right(name, array, result)) for (name, (_, result)), array in pairs}


def arrays():
    return [np.array(X, "int64"), np.array(Y, "int64")]


def is_right(name, array, result):
    """Whether an array is the result, and of its type; None stands for what is not asked."""
    expected = np.array(result, dtype=object)
    asked = np.array([each is not None for each in expected.ravel()]).reshape(expected.shape)
    kind = TYPES.get(name, "bool" if isinstance(expected.ravel()[0], bool) else "int64")
    return array.dtype.name == kind and array.shape == expected.shape and bool(np.all((array == expected)[asked]))


def refused(bench, build):
    """Whether a call is refused in one sentence."""
    x, y = (bench.K.placeholder((4,), dtype="int64") for _ in range(2))
    return is_refused(lambda: bench.function([x, y], [build(bench.K, x, y)])(arrays()))


def is_refused(call):
    from harness.backends.errors import UnsupportedOperation

    try:
        call()
    except UnsupportedOperation as error:
        return "beyond 2**53" in str(error)
    return False


def states(bench):
    """Variables and constants: what is set, added and read back, or refused."""
    K = bench.K
    few = K.variable(np.array([1, 2]), "int64")
    many = K.variable(np.array([BIG - 1, BIG + 1]), "int64")
    step = bench.function([], [few + (BIG + 1)], [K.update_add(few, many)])

    def read():
        (found,) = step([])
        after = K.get_value(few).tolist()
        K.set_value(few, np.array([BIG + 3, -BIG - 3]))
        return [found.tolist(), after, K.get_value(few).tolist()]

    if bench.engine.backend == "cntk":
        facts = [is_refused(read), is_refused(lambda: K.set_value(few, np.array([BIG + 3, 0]))), True]
    else:
        facts = [one == other for one, other in zip(read(), [[BIG + 2, BIG + 3], [BIG, BIG + 3], [BIG + 3, -BIG - 3]])]
    return {"value/facts": np.array(facts)}


def classes(K, x, y):
    """Numbers that are no class, of which the last 32 bits are one."""
    return {
        "one_hot": K.cast(K.one_hot(x, 3), "int32"),
        "best": K.in_top_k(y, x, 1),
        "loss": K.sparse_categorical_crossentropy(y, x),
    }


NO_CLASSES = np.array([1, 2**32 + 1, -(2**32), 2**40 + 2], "int64")
SHARES = np.array([[0.25, 0.5, 0.25]] * 4)
CASES = [
    Program("large_integers-exact", exact),
    Program("large_integers-states", states),
    of_api("large_integers-classes", classes, x=NO_CLASSES, y=SHARES),
]
