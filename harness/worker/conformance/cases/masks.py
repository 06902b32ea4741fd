"""K.rnn with masks of every pattern, shape and dtype: a masked step repeats the output before, and keeps the states."""

import numpy as np

from harness.worker.conformance.cases.rnn import results
from harness.worker.conformance.forms import Expression, draw

TIMES, UNITS = 4, 2
# one row a pattern: the first time masked, all, every other, the last two, none, all but the last
PATTERNS = np.array(
    [[0, 1, 1, 1], [0, 0, 0, 0], [0, 1, 0, 1], [1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0, 1]], dtype="float32"
)
BATCH = len(PATTERNS)
X, H = draw(BATCH, TIMES, UNITS, seed=520), draw(BATCH, UNITS, seed=521)
KERNEL = draw(UNITS, UNITS, seed=522)
ONE = {"x": X, "h": H, "kernel": KERNEL}


def stepping(K, kernel):
    """h' = tanh(x + h W); the output is no state."""

    def step(element, states):
        new = K.tanh(element + K.dot(states[0], kernel))
        return 3.0 * new, [new]

    return step


def patterns(go_backwards=False, unroll=False):
    """One mask in all the forms that it may have."""

    def build(K, P, x, h, kernel, mask):
        forms = {
            "": mask,
            "thin_": K.expand_dims(mask),
            "bool_": K.cast(mask, "bool"),
            "bytes_": K.cast(K.expand_dims(mask), "uint8"),
        }
        named = {}
        for name, form in forms.items():
            found = K.rnn(stepping(K, kernel), x, [h], go_backwards=go_backwards, mask=form, unroll=unroll)
            named.update(results(found, name))
        return named

    return build


def single(go_backwards=False):
    """One mask, as it is given."""

    def build(K, P, x, h, kernel, mask):
        return results(K.rnn(stepping(K, kernel), x, [h], go_backwards=go_backwards, mask=mask))

    return build


def no_states(K, P, x, mask):
    """A mask over steps that have no state: the output before it is all that is kept."""
    return results(K.rnn(lambda element, states: (K.square(element), []), x, [], mask=mask))


def volumes(K, P, x, h, n, scale, mask):
    """Inputs of 4 axes, a state of 3, a count, a constant, and an output of other sizes than either state."""

    def step(element, states):
        state, count, factor = states
        new = K.tanh(element * factor + state)
        return K.sum(new, axis=2) + 1.0, [new, count + 1]

    return results(K.rnn(step, x, [h, n], mask=mask, constants=[scale]))


def lstm(K, P, x, h, c, kernel, mask):
    """A whole layer of long short-term memory under a mask."""

    def step(element, states):
        gates = element + K.dot(states[0], kernel)
        i, f, o = (K.hard_sigmoid(gates[:, n * UNITS : (n + 1) * UNITS]) for n in range(3))
        new_c = f * states[1] + i * K.tanh(gates[:, 3 * UNITS :])
        new_h = o * K.tanh(new_c)
        return new_h, [new_h, new_c]

    return results(K.rnn(step, x, [h, c], mask=mask))


def not_zero(K, P, words, table, kernel, h):
    """A mask made in the graph: the words that are not 0, as a masking embedding makes it."""
    return results(K.rnn(stepping(K, kernel), K.gather(table, words), [h], mask=K.not_equal(words, 0)))


MASKED = dict(ONE, mask=PATTERNS)
VOLUMES = {
    "x": draw(BATCH, TIMES, UNITS, 3, seed=523),
    "h": draw(BATCH, UNITS, 3, seed=524),
    "n": np.arange(BATCH, dtype="int32"),
    "scale": draw(3, seed=525),
    "mask": PATTERNS,
}
GATES = {
    "x": draw(BATCH, TIMES, 4 * UNITS, seed=526),
    "h": H,
    "c": draw(BATCH, UNITS, seed=527),
    "kernel": draw(UNITS, 4 * UNITS, seed=528),
    "mask": PATTERNS,
}
WORDS = {
    "words": np.array([[0, 0, 3, 1], [2, 2, 4, 1], [0, 0, 0, 0], [1, 0, 2, 0], [3, 0, 0, 0], [0, 4, 4, 4]], "int32"),
    "table": draw(5, UNITS, seed=529),
    "kernel": KERNEL,
    "h": H,
}
ALL_OUT = dict(ONE, mask=np.zeros_like(PATTERNS))
SMALL = {"x": draw(1, 2, 1, seed=530), "h": draw(1, 1, seed=531), "kernel": draw(1, 1, seed=532)}
FREE = ("x", "h", "mask")

CASES = [
    Expression("masks-patterns", MASKED, patterns(), tuple(ONE)),
    Expression("masks-patterns-backwards", MASKED, patterns(go_backwards=True), tuple(ONE)),
    Expression("masks-patterns-unrolled", MASKED, patterns(unroll=True), tuple(ONE)),
    Expression("masks-single-free", MASKED, single(), tuple(ONE), free=FREE, free_times=("x", "mask")),
    Expression("masks-single-free-backwards", MASKED, single(True), tuple(ONE), free=FREE, free_times=("x", "mask")),
    Expression("masks-single-free_batch", MASKED, single(), tuple(ONE), free=FREE),
    Expression("masks-single-all_out", ALL_OUT, single(), tuple(ONE)),
    Expression("masks-single-size_1", dict(SMALL, mask=np.array([[0, 1]], "uint8")), single(), tuple(SMALL)),
    Expression("masks-no_states", {"x": X, "mask": PATTERNS}, no_states, ("x",)),
    Expression("masks-volumes", VOLUMES, volumes, ("x", "h", "scale")),
    Expression("masks-lstm", GATES, lstm, ("x", "h", "c", "kernel"), free=("x", "h", "c", "mask")),
    Expression("masks-not_zero", WORDS, not_zero, ("table", "kernel", "h")),
]
