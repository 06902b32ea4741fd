"""Python's operators on tensors, with numbers and arrays on either side: //, %, divmod, abs, round, @, &, |, ^, ~."""

import numpy as np

from harness.worker.conformance.forms import draw, of_api

INFINITY, NAN = float("inf"), float("nan")
LEFT, RIGHT = draw(3, 4, low=-5.0, high=5.0, seed=910), draw(4, low=0.5, high=2.0, seed=911)
EXACT = [[7.0, -7.0, 1.0, 1e10, 5.0, -5.0], [2.0, 2.0, 0.1, 0.3, -3.0, -3.0]]  # 1 // 0.1 is 9, 0.1 being above a tenth
CORNERS = [[1.0, -1.0, 0.0, INFINITY, 5.0, -5.0, NAN, 5.0], [0.0, 0.0, 0.0, 2.0, INFINITY, INFINITY, 1.0, NAN]]
WHOLE = [[7, -7, 7, -7, 5, 0, -128, 100], [2, 2, -2, -2, 0, 0, -1, 7]]


def division(K, x, y):
    """Of tensors, and of a number and a tensor in either order."""
    quotient, rest = divmod(x, y)
    return {
        "quotient": quotient,
        "rest": rest,
        "by_number": x // 1.5 + x % -1.5,
        "of_number": 7 // y - 7 % y,
        "of_array": np.array([5.0, -5.0, 3.0, -3.0]) % y,
    }


def quotients(K, x, y):
    """Both results."""
    return {"quotient": x // y, "rest": x % y}


def integers(K, **pairs):
    """Of each dtype, by 0 too; and by a fraction."""
    found = {}
    for dtype in ("int8", "int16", "int32", "int64"):
        x, y = K.cast(pairs["x"], dtype), K.cast(pairs["y"], dtype)
        found.update({dtype + "_quotient": x // y, dtype + "_rest": x % y})
    x = K.cast(K.abs(pairs["x"]), "uint8")
    found.update(
        {"uint8_quotient": x // 5, "uint8_rest": x % 5, "fraction": pairs["x"] // 2.0, "of_int": 9 % pairs["x"]}
    )
    return found


def beside_numpy(K, x):
    """NumPy's scalars and arrays on the left, which must leave the operator to the tensor; forms in place."""
    row, changed = np.array([2.0, -3.0, 0.5, 4.0]), x
    changed += row
    changed //= np.float32(0.5)
    changed %= 3
    return {
        "sum": np.float32(2) + x,
        "product": row * x,
        "quotient": row // x,
        "difference": np.array(2.0) - x,
        "power": np.float64(2) ** x,
        "less": np.float32(0) < x,
        "in_place": changed,
        "named": np.subtract(row, x),
    }


def built_in(K, x, i):
    """Functions that Python has for numbers."""
    return {
        "abs": abs(x),
        "abs_int": abs(i),
        "plus": +x,
        "round": round(x),
        "round_int": round(i),
        "modular_power": pow(i, 2, 4),
        "pair": divmod(i, 2)[1] - divmod(7, x)[0],
    }


def logical(K, x, y):
    """Of bools: comparisons joined, and numbers of Python's."""
    both = (x > 0) & (y > 0)
    return {
        "and": both,
        "or": (x > 0) | np.array([True, False, False, True]),
        "xor": True ^ (x > 0),
        "not": ~both,
        "none": False & both,
    }


def products(K, a, b, c, d, v):
    """Of matrices, of vectors, and of many that broadcast."""
    return {
        "matrices": a @ b,
        "vector_left": v @ b,
        "vector_right": a @ v,
        "vectors": v @ v,
        "many": c @ d,
        "many_one": c @ b,
        "one_many": a @ d,
        "many_vector": c @ v,
        "spread": K.expand_dims(c[0], 0) @ d,
        "four": K.expand_dims(c, 1) @ d,
        "array": np.ones((2, 2)) @ a,
    }


def in_a_step(K, x, h):
    """Division with a rest inside a recurrence."""

    def step(element, states):
        new = (states[0] + element) % 1.5
        return new - new // 0.25, [new]

    last, outputs, states = K.rnn(step, x, [h])
    return {"last": last, "outputs": outputs, "state": states[0]}


MATRICES = {"a": draw(2, 3, seed=912), "b": draw(3, 4, seed=913), "c": draw(5, 2, 3, seed=914)}
MATRICES.update(d=draw(5, 3, 4, seed=915), v=draw(3, seed=916))
STEPS = {"x": draw(2, 3, 4, low=-3.0, high=3.0, seed=917), "h": draw(2, 4, seed=918)}

CASES = [
    of_api("operators-division", division, ("x", "y"), x=LEFT, y=RIGHT),
    of_api("operators-division-exact", quotients, x=np.array(EXACT[0]), y=np.array(EXACT[1])),
    of_api("operators-division-corners", quotients, x=np.array(CORNERS[0]), y=np.array(CORNERS[1])),
    of_api("operators-integers", integers, x=np.array(WHOLE[0], "int32"), y=np.array(WHOLE[1], "int32")),
    of_api("operators-beside_numpy", beside_numpy, ("x",), x=LEFT),
    of_api("operators-built_in", built_in, ("x",), x=LEFT, i=np.array([3, -4, 0, 2], "int32")),
    of_api("operators-logical", logical, x=LEFT, y=LEFT[::-1].copy()),
    of_api("operators-products", products, tuple(MATRICES), **MATRICES),
    of_api("operators-products-open", products, open_axes=(("c", 0), ("d", 0), ("c", 1)), **MATRICES),
    of_api("operators-in_a_step", in_a_step, ("x", "h"), **STEPS),
]
