"""K.rnn: constants, any number of states of any rank, inputs of any rank, sizes of 1 and unknown, whole layers."""

import numpy as np

from harness.worker.conformance.forms import Expression, draw

BATCH, TIMES, UNITS = 2, 3, 2
X = draw(BATCH, TIMES, UNITS, seed=500)
H, C = draw(BATCH, UNITS, seed=501), draw(BATCH, UNITS, seed=502)
KERNEL = draw(UNITS, UNITS, seed=503)
FACTORS = (0.5, -2.0)  # constants that are arrays without axes


def results(found, name=""):
    """The three results of K.rnn, labelled."""
    last, outputs, states = found
    labelled = {name + "last": last, name + "outputs": outputs}
    labelled.update(("%sstate_%d" % (name, place), state) for place, state in enumerate(states))
    return labelled


def constants(K, P, x, h, kernel, scale, shift):
    """Constants: a tensor, and lists of tensors and of arrays, as the layers of Keras hand them to their steps."""

    def step(element, states):
        state, matrix, (one, other), numbers = states
        new = K.tanh(element * one + K.dot(state, matrix) * numbers[0] + other * numbers[1])
        return new, [new]

    numbers = [np.array(factor, K.floatx()) for factor in FACTORS]
    return results(K.rnn(step, x, [h], constants=[kernel, [scale, shift], numbers]))


def of_each_other(K, P, x, h, kernel):
    """A weight and what is computed of it before the loop, both taken by the step; a matrix and its transpose."""
    row = kernel[0]
    shifted, turned = row + 2.0, K.transpose(kernel)

    def step(element, states):
        new = element * row - states[0] / shifted + K.dot(K.tanh(K.dot(states[0], kernel)), turned)
        return new, [new]

    return results(K.rnn(step, x, [h]))


def no_states(K, P, x):
    """The output of each time alone, in both directions."""

    def step(element, states):
        assert states == [], "no states and no constants"
        return K.square(element), []

    both = results(K.rnn(step, x, []), "forth_")
    both.update(results(K.rnn(step, x, [], go_backwards=True), "back_"))
    return both


def mixed_states(go_backwards):
    """States of 2, 3 and 1 axes, one of them of integers; the output has a shape of its own."""

    def build(K, P, x, h, cube, n):
        def step(element, states):
            state, volume, count = states
            pairs = volume + K.expand_dims(element, 1) * K.expand_dims(state, 2)
            new = K.tanh(state + K.sum(volume, axis=2))
            return K.sum(pairs, axis=(1, 2)), [new, pairs, count + 1]

        return results(K.rnn(step, x, [h, cube, n], go_backwards=go_backwards))

    return build


def ways(K, P, x, h, kernel):
    """All four ways to go over the times: unrolled or not, from either end, with the length told."""

    def step(element, states):
        new = K.tanh(element + K.dot(states[0], kernel))
        return new * 3.0, [new]

    named = {}
    for name, arguments in (
        ("loop_", {"unroll": False}),
        ("unrolled_", {"unroll": True, "input_length": TIMES}),
        ("loop_back_", {"unroll": False, "go_backwards": True, "input_length": TIMES}),
        ("unrolled_back_", {"unroll": True, "go_backwards": True}),
    ):
        named.update(results(K.rnn(step, x, [h], **arguments), name))
    return named


def matrices(K, P, x, h, kernel):
    """Inputs of 4 axes and a state of 3."""

    def step(element, states):
        new = K.tanh(element + K.dot(states[0], kernel))
        return new, [new]

    return results(K.rnn(step, x, [h]))


def images(K, P, x, h, kernel):
    """Inputs of 5 axes: a convolution of the image before."""

    def step(element, states):
        new = K.tanh(element + K.conv2d(states[0], kernel, border_mode="same", dim_ordering="tf"))
        return new, [new]

    return results(K.rnn(step, x, [h]))


def layer(go_backwards=False):
    """h' = tanh(x + h W), twice the state as output."""

    def build(K, P, x, h, kernel):
        def step(element, states):
            new = K.tanh(element + K.dot(states[0], kernel))
            return 2.0 * new, [new]

        return results(K.rnn(step, x, [h], go_backwards=go_backwards))

    return build


def sums(K, P, x, total):
    """Integers, added up."""

    def step(element, states):
        new = states[0] + element
        return new * 2, [new]

    return results(K.rnn(step, x, [total]))


def gru(K, P, x, h, kernel, recurrent):
    """A layer of gated recurrent units, in the order z, r, h."""

    def step(element, states):
        (state,) = states
        inputs = K.dot(element, kernel)
        gates = K.sigmoid(inputs[:, : 2 * UNITS] + K.dot(state, recurrent[:, : 2 * UNITS]))
        z, r = gates[:, :UNITS], gates[:, UNITS:]
        new = z * state + (1 - z) * K.tanh(inputs[:, 2 * UNITS :] + K.dot(r * state, recurrent[:, 2 * UNITS :]))
        return new, [new]

    return results(K.rnn(step, x, [h]))


def both_directions(K, P, x, h, kernel):
    """A layer and one that goes backwards, over the outputs of another, joined in the order of the times."""

    def step(element, states):
        new = K.tanh(element + K.dot(states[0], kernel))
        return new, [new]

    below = K.rnn(step, x, [h])[1]
    forth, back = K.rnn(step, below, [h])[1], K.rnn(step, below, [h], go_backwards=True)[1]
    return {"joined": K.concatenate([forth, K.reverse(back, 1)], axis=-1)}


def own_start(K, P, x, kernel):
    """The first state made of the inputs, as layers without a given one do."""

    def step(element, states):
        new = K.tanh(element + K.dot(states[0], kernel))
        return new, [new]

    zeros = K.sum(K.zeros_like(x), axis=(1, 2))  # (batch,)
    return results(K.rnn(step, x, [K.tile(K.expand_dims(zeros), [1, UNITS])]))


ONE = {"x": X, "h": H, "kernel": KERNEL}
SMALL = {"x": draw(1, 1, 1, seed=504), "h": draw(1, 1, seed=505), "kernel": draw(1, 1, seed=506)}
CONSTANTS = dict(ONE, scale=draw(UNITS, seed=507), shift=draw(BATCH, UNITS, seed=508))
MIXED = {"x": X, "h": H, "cube": draw(BATCH, UNITS, UNITS, seed=509), "n": np.array([0, 5], "int32")}
MATRICES = {"x": draw(BATCH, TIMES, 3, UNITS, seed=510), "h": draw(BATCH, 3, UNITS, seed=511), "kernel": KERNEL}
IMAGES = {"x": draw(2, 3, 3, 3, 1, seed=512), "h": draw(2, 3, 3, 1, seed=513), "kernel": draw(2, 2, 1, 1, seed=514)}
GRU = {"x": X, "h": H, "kernel": draw(UNITS, 3 * UNITS, seed=515), "recurrent": draw(UNITS, 3 * UNITS, seed=516)}
WHOLE = {"x": np.arange(12, dtype="int32").reshape(2, 3, 2), "total": np.array([[1, 2], [3, 4]], "int32")}

CASES = [
    Expression("rnn-constants", CONSTANTS, constants, tuple(CONSTANTS)),
    Expression("rnn-of_each_other", ONE, of_each_other, tuple(ONE)),
    Expression("rnn-no_states", {"x": X}, no_states, ("x",)),
    Expression("rnn-mixed_states", MIXED, mixed_states(False), ("x", "h", "cube")),
    Expression("rnn-mixed_states-backwards", MIXED, mixed_states(True), ("x", "h", "cube")),
    Expression("rnn-ways", ONE, ways, tuple(ONE)),
    Expression("rnn-matrices", MATRICES, matrices, tuple(MATRICES)),
    Expression("rnn-images", IMAGES, images, tuple(IMAGES)),
    Expression("rnn-layer-size_1", SMALL, layer(), tuple(SMALL)),
    Expression("rnn-layer-free", ONE, layer(), tuple(ONE), free=("x", "h"), free_times=("x",)),
    Expression("rnn-layer-free-backwards", ONE, layer(True), tuple(ONE), free=("x", "h"), free_times=("x",)),
    Expression("rnn-sums", WHOLE, sums),
    Expression("rnn-gru", GRU, gru, tuple(GRU)),
    Expression("rnn-both_directions", ONE, both_directions, tuple(ONE)),
    Expression("rnn-own_start", {"x": X, "kernel": KERNEL}, own_start, ("x", "kernel"), free=("x",)),
]
