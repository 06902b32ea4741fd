"""Integers over their whole range: what wraps around, what stays as it is, and what becomes a float."""

import numpy as np

from harness.worker.conformance.forms import Expression, Program, draw

INTEGERS = ("int8", "int16", "int32", "int64", "uint8")
LARGE = ("int32", "int64")  # beyond 2**24, up to which float32 has every one
COMPARISONS = ("equal", "not_equal", "greater", "greater_equal", "less", "less_equal")
LARGEST = 2**53  # up to which float64, which CNTK has in place of integers, has every one
NUMBERS = np.array([[2**24 + 1, 2**24, 2**31 - 1], [1, 2**30 + 1, 2**24]], "int32")
TIMES = draw(2, 3, seed=540)


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
            "negative": -x,
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


def means(K, P, n, b, u):
    """Integers and bools become the run's float type first."""
    return {"int32": K.mean(n, axis=1), "bool": K.mean(b), "uint8": K.mean(u)}


def divided(K, P, n, m):
    """True division of integers is one of the run's float type."""
    return {"quotient": n / m, "by_number": n / 4, "with_float": n * 0.5}


CASES = [make(dtype) for make in (arithmetic, reductions, compared) for dtype in INTEGERS]
CASES += [make(dtype) for make in (moved, kept_in_variables) for dtype in LARGE]
CASES += [
    Expression("dtypes-scan", {"x": TIMES, "start": np.array([2**52, -(2**40) - 1], "int64")}, counted),
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
]
