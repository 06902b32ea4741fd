"""Rows by number where there are none such, in every way that indices come about, and class numbers that are none."""

import numpy as np

from harness.worker.conformance.forms import Program, as_input, draw, of_api

TABLE = draw(3, 2, seed=920)
BAD = (1000000, -1, 3, -3, 2**31 - 1)
SENTENCE = (
    "gather: no such row. Expected indices from 0 on, below the number of rows. Received an index of %d, %d rows."
)


def said(call):
    """The error that a call raises, as text; none: an empty one."""
    from harness.backends.errors import ShapeMismatch

    try:
        call()
    except ShapeMismatch as error:
        return str(error)
    return ""


def refusals(call, indices=BAD, rows=3):
    """Of each index whether a call with it is refused in the one sentence."""
    return np.array([said(lambda index=index: call(index)) == SENTENCE % (index, rows) for index in indices])


def ways(bench):
    """Indices fed, made of floats, in a variable or a constant, computed; of an open table; with a gradient."""
    K, numbers = bench.K, as_input(TABLE, bench.K.floatx())
    table, open_table = K.variable(numbers), K.placeholder((None, 2))
    i, wide, x = K.placeholder((None,), dtype="int32"), K.placeholder((2, None), dtype="int64"), K.placeholder((None,))
    held = K.variable([0], dtype="int32")
    of_held = bench.function([], [K.gather(table, held)])
    (gradient,) = K.gradients(K.sum(K.square(K.gather(table, i))), [table])
    functions = {
        "fed": (bench.function([i], [K.gather(table, i)]), lambda index: [[0, index]]),
        "matrix": (bench.function([wide], [K.gather(table, wide)]), lambda index: [[[0, 1], [2, index]]]),
        "of_floats": (bench.function([x], [K.gather(table, K.cast(x, "int32"))]), lambda index: [[0.0, index]]),
        "computed": (bench.function([i], [K.gather(table, i - 1)]), lambda index: [[1, index + 1]]),
        "open": (bench.function([open_table, i], [K.gather(open_table, i)]), lambda index: [numbers, [index]]),
        "one": (bench.function([i], [K.gather(table, i[0])]), lambda index: [[index]]),
        "vector": (bench.function([i], [K.gather(table[:, 0], i)]), lambda index: [[index]]),
        "integers": (bench.function([i], [K.gather(K.cast(table, "int32"), i)]), lambda index: [[index]]),
        "gradient": (bench.function([i], [gradient]), lambda index: [[index]]),
    }
    found = {
        label: refusals(lambda index, function=function, given=given: function(given(index)), BAD[:4])
        for label, (function, given) in functions.items()
    }
    found["constant"] = refusals(lambda index: K.gather(table, np.array([0, index])))
    found["variable"] = refusals(lambda index: (K.set_value(held, [index]), of_held([])))
    found["right"] = functions["fed"][0]([[2, 0, 2]])[0]
    return {"value/" + label: array for label, array in found.items()}


def in_a_step(K, x, table, h):
    """Rows taken in a step, by numbers of its element and of its state."""

    def step(element, states):
        row = K.gather(table, element[:, 0]) * K.gather(table, K.cast(states[1][:, 0], "int32"))
        return row + states[0], [row + states[0], states[1] + 1.0]

    last, outputs, states = K.rnn(step, x, [h, K.zeros_like(h)])
    return {"last": last, "outputs": outputs, "state": states[0]}


def refused_in_a_step(bench):
    """The same of numbers that are none, in the element and in the state, and in a map and a fold."""
    K = bench.K
    table, x, i = (
        K.variable(TABLE),
        K.placeholder((None, None, 1), dtype="int32"),
        K.placeholder((None,), dtype="int32"),
    )

    def step(element, states):
        row = K.gather(table, element[:, 0]) + states[0]
        return row, [row]

    def counting(element, states):
        return K.gather(table, K.cast(states[0][:, 0], "int32")), [states[0] + 1.0]

    start = K.zeros((2, 2))
    of_element = bench.function([x], [K.rnn(step, x, [start])[1]])
    of_state = bench.function([x], [K.rnn(counting, x, [start])[1]])
    mapped = bench.function([i], [K.map_fn(lambda number: K.gather(table, number), i)])
    folded = bench.function([i], [K.foldl(lambda total, number: total + K.gather(table, number), i, K.zeros((2,)))])
    return {
        "value/element": refusals(lambda index: of_element([[[[0], [1]], [[2], [index]]]]), BAD[:4]),
        "value/state": refusals(lambda index: of_state([np.zeros((2, 4, 1))]), (3,)),
        "value/mapped": refusals(lambda index: mapped([[0, index]]), BAD[:4]),
        "value/folded": refusals(lambda index: folded([[0, index]]), BAD[:4]),
    }


def classes(K, p, t, wide, x):
    """Class numbers beyond 32 bits, negative, too large, and floats that are none: no class."""
    return {
        "hot": K.one_hot(t, 3),
        "hot_wide": K.one_hot(wide, 3),
        "top": K.in_top_k(p, t, 3),
        "top_wide": K.in_top_k(p, wide, 3),
        "loss": K.sparse_categorical_crossentropy(p, t),
        "loss_wide": K.sparse_categorical_crossentropy(p, wide),
        "loss_of_floats": K.sparse_categorical_crossentropy(p, x),
    }


CLASSES = {
    "p": draw(4, 3, low=0.1, high=1.0, seed=921),
    "t": np.array([1, -1, 3, 2**31 - 1], "int32"),
    "wide": np.array([2, 2**32, -(2**32), 2**32 + 1]),
    "x": np.array([0.0, 2.0**32, -1.0, 1e30]),
}
STEPS = {"x": np.array([[[0], [2], [1]], [[1], [1], [0]]], "int32"), "table": TABLE, "h": draw(2, 2, seed=922)}

CASES = [
    Program("indices-ways", ways),
    of_api("indices-in_a_step", in_a_step, ("table", "h"), **STEPS),
    Program("indices-refused_in_a_step", refused_in_a_step),
    of_api("indices-classes", classes, **CLASSES),
]
