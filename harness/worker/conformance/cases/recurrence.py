"""Scans: several states and sequences, captures, both directions, known and unknown length; K.rnn with masks."""

import numpy as np

from harness.worker.conformance.forms import Expression, draw

BATCH, TIMES, UNITS = 3, 4, 2
SEQUENCE = draw(BATCH, TIMES, UNITS, seed=60)
OTHER = draw(BATCH, TIMES, UNITS, seed=61)
STATE, SECOND = draw(BATCH, UNITS, seed=62), draw(BATCH, UNITS, seed=63)
KERNEL = draw(UNITS, UNITS, seed=64)


def one_state(go_backwards):
    """h' = tanh(x + h W), emitted; the kernel is a capture."""

    def build(K, P, x, h, kernel):
        element, state, inner = (P.placeholder(t, x.dtype) for t in ((x.shape[0], UNITS), h.shape, kernel.shape))
        new = P.unary("tanh", element + P.dot(state, inner))
        body = P.Body((element,), (state,), (inner,), (new,), (new,))
        outputs, final = P.scan(body, [x], [h], [kernel], go_backwards)
        return {"outputs": outputs, "final": final}

    return build


def two_states(go_backwards):
    """Two sequences and two states that change places; one output is neither of them."""

    def build(K, P, x, y, h, c, kernel):
        a, b, state, second = (P.placeholder((h.shape[0], UNITS), x.dtype) for _ in range(4))
        inner = P.placeholder(kernel.shape, x.dtype)
        new_state, new_second = P.unary("tanh", a * second), state + P.dot(b, inner)
        body = P.Body((a, b), (state, second), (inner,), (new_state * second, a + state), (new_state, new_second))
        first, other, last_h, last_c = P.scan(body, [x, y], [h, c], [kernel], go_backwards)
        return {"first": first, "other": other, "h": last_h, "c": last_c}

    return build


def counting(K, P, x):
    """No output at all and an integer state."""
    element, count = P.placeholder((x.shape[0], UNITS), x.dtype), P.placeholder((BATCH,), "int32")
    one = P.constant(np.ones(BATCH), "int32")
    body = P.Body((element,), (count,), (), (), (count + one,))
    return {"count": P.scan(body, [x], [P.constant(np.zeros(BATCH), "int32")], [])[0]}


def rnn(go_backwards):
    """K.rnn of h' = tanh(x + h W), with an outer tensor as capture and, perhaps, a mask."""

    def build(K, P, x, h, kernel, mask=None):
        def step(element, states):
            new = K.tanh(element + K.dot(states[0], kernel))
            return 2.0 * new, [new]

        last, outputs, states = K.rnn(step, x, [h], go_backwards=go_backwards, mask=mask)
        return {"last": last, "outputs": outputs, "state": states[0]}

    return build


def lstm(K, P, x, h, c, kernel):
    """A layer of long short-term memory, as the workloads write it."""

    def step(element, states):
        gates = element + K.dot(states[0], kernel)
        opening = K.hard_sigmoid(gates[:, : 3 * UNITS])
        i, f, o = (opening[:, n * UNITS : (n + 1) * UNITS] for n in range(3))
        new_c = f * states[1] + i * K.tanh(gates[:, 3 * UNITS :])
        new_h = o * K.tanh(new_c)
        return new_h, [new_h, new_c]

    last, outputs, states = K.rnn(step, x, [h, c])
    return {"last": last, "c": states[1]}


def words(K, P, indices, table, projection, bias, h, c, kernel):
    """An embedding, a product of all times and a layer over it."""
    return lstm(K, P, K.dot(K.gather(table, indices), projection) + bias, h, c, kernel)


def mixing(K, P, indices, table, projection, bias, h, kernel):
    """A step over such a product that looks at the whole batch."""

    def step(element, states):
        new = K.tanh(element + K.dot(states[0], kernel))
        return new, [new - K.mean(new, axis=0, keepdims=True)]

    x = K.dot(K.gather(table, indices), projection) + bias
    last, outputs, states = K.rnn(step, x, [h])
    return {"outputs": outputs, "state": states[0], "x": x}


def gradients_of_product(K, P, indices, table, projection, bias, h, kernel):
    """What an engine computes elsewhere than it is written can be differentiated by all the same."""
    rows = K.gather(table, indices)
    x = K.dot(rows, projection) + bias

    def step(element, states):
        new = K.tanh(element + K.dot(states[0], kernel))
        return new, [new]

    last, _, _ = K.rnn(step, x, [h])
    rows_gradient, x_gradient = K.gradients(K.sum(K.square(last)), [rows, x])
    return {"rows": rows_gradient, "x": x_gradient}


ONE = {"x": SEQUENCE, "h": STATE, "kernel": KERNEL}
TWO = {"x": SEQUENCE, "y": OTHER, "h": STATE, "c": SECOND, "kernel": KERNEL}
MASK = np.array([[0, 1, 1, 0], [1, 1, 1, 1], [1, 0, 0, 1]], dtype="float32")
GATES = {
    "x": draw(BATCH, TIMES, 4 * UNITS, seed=65),
    "h": STATE,
    "c": SECOND,
    "kernel": draw(UNITS, 4 * UNITS, seed=66),
}
ROWS = {
    "indices": np.array([[0, 3, 1, 1], [4, 2, 0, 3], [1, 4, 4, 2]], "int32"),
    "table": draw(5, 3, seed=67),
    "projection": draw(3, 4 * UNITS, seed=68),
    "bias": draw(4 * UNITS, seed=69),
}
WORDS = dict(ROWS, h=STATE, c=SECOND, kernel=GATES["kernel"])
MIXING = dict(ROWS, projection=draw(3, UNITS, seed=57), bias=draw(UNITS, seed=58), h=STATE, kernel=KERNEL)

CASES = [
    Expression("recurrence-scan", ONE, one_state(False), tuple(ONE)),
    Expression("recurrence-scan-backwards", ONE, one_state(True), tuple(ONE)),
    Expression("recurrence-scan-free_batch", ONE, one_state(False), tuple(ONE), free=("x", "h")),
    Expression("recurrence-scan-free_times", ONE, one_state(False), tuple(ONE), free=("x", "h"), free_times=("x",)),
    Expression("recurrence-scan-free_times-backwards", ONE, one_state(True), tuple(ONE), free_times=("x",)),
    Expression("recurrence-scan-two_states", TWO, two_states(False), tuple(TWO)),
    Expression("recurrence-scan-two_states-backwards", TWO, two_states(True), tuple(TWO)),
    Expression("recurrence-scan-no_output", {"x": SEQUENCE}, counting),
    Expression("recurrence-rnn", ONE, rnn(False), tuple(ONE)),
    Expression("recurrence-rnn-backwards", ONE, rnn(True), tuple(ONE)),
    Expression("recurrence-rnn-mask", dict(ONE, mask=MASK), rnn(False), tuple(ONE)),
    Expression("recurrence-rnn-mask-backwards", dict(ONE, mask=MASK), rnn(True), tuple(ONE)),
    Expression("recurrence-lstm", GATES, lstm, tuple(GATES)),
    Expression("recurrence-lstm-free_batch", GATES, lstm, tuple(GATES), free=("x", "h", "c")),
    Expression("recurrence-words", WORDS, words, tuple(name for name in WORDS if name != "indices")),
    Expression("recurrence-gradients_of_product", MIXING, gradients_of_product),
    Expression("recurrence-mixing", MIXING, mixing, tuple(name for name in MIXING if name != "indices")),
]
