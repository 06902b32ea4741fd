"""Sizes that only a call knows and that do not fit: every backend refuses the call in the same words."""

import numpy as np

from harness.worker.conformance.forms import Program, as_input, draw


def add(element, states):
    """A step that adds its element to its state."""
    total = element + states[0]
    return total, [total]


def recurrence(K, x, h, mask=None):
    """The outputs of a recurrence."""
    return K.rnn(add, x, [h], mask=mask)[1]


# How the message goes on -> (function of K and placeholders, shapes of the arrays); all sizes are open.
MISTAKES = {
    "index: out of range. Expected an index between -3 and 2. Received 3": [
        (lambda K, x: x[3], (3, 2)),
        (lambda K, x: x[1:][0, 3], (4, 3)),
        (lambda K, x: x[None, 3, :1], (3, 2)),
        (lambda K, x: K.gradients(K.sum(x[3]), [x])[0], (3, 2)),
        (lambda K, x: K.exp(x)[:, 3] + 1.0, (2, 3)),
    ],
    "index: out of range. Expected an index between -3 and 2. Received -4": [
        (lambda K, x: x[-4], (3,)),
        (lambda K, x: x[0, :, -4], (2, 2, 3)),
        (lambda K, x, h: K.rnn(lambda e, s: (e[:, -4], [s[0] + e[:, -4]]), x, [h])[1], (2, 2, 3), (2,)),
    ],
    "index: out of range. Expected an index into an axis with elements": [
        (lambda K, x: x[0], (0, 2)),
        (lambda K, x: K.foldl(lambda total, each: total + each, x), (0, 2)),
    ],
    "reshape: sizes do not fit": [
        (lambda K, x: K.reshape(x, (5, -1)), (3, 4)),
        (lambda K, x: K.reshape(x, (2, 3)), (3, 4)),
        (lambda K, x: K.reshape(x, (K.shape(x)[0] * 2, 3)), (3, 4)),
        (lambda K, x: K.pattern_broadcast(x, (True, False)), (3, 4)),
    ],
    "reshape: a size is negative": [(lambda K, x: K.reshape(x, (K.shape(x)[0] - 5, -1)), (3, 4))],
    "random_normal: a size is negative": [(lambda K, x: K.random_normal((K.shape(x)[0] - 5,)), (3, 4))],
    "squeeze: size is not 1": [(lambda K, x: K.squeeze(x, 0), (3, 1)), (lambda K, x: K.squeeze(x, 1), (3, 4))],
    "add: shapes do not broadcast": [
        (lambda K, x, y: x + y, (3, 4), (2, 4)),
        (lambda K, x, y: x + y, (3, 4), (3,)),
        (recurrence, (2, 3, 4), (2, 5)),
    ],
    "select: shapes do not broadcast": [(lambda K, x, y: K.switch(x > 0, x, y), (3, 4), (2, 4))],
    "multiply: shapes do not broadcast": [(lambda K, x, y: K.categorical_crossentropy(x, y), (3, 2), (2, 2))],
    "dot: inner dimensions differ": [(lambda K, x, y: K.dot(x, y), (2, 3), (4, 2))],
    "batched_dot: sizes differ": [
        (lambda K, x, y: K.batch_dot(x, y), (2, 3, 4), (3, 4, 5)),
        (lambda K, x, y: K.batch_dot(x, y, axes=1), (2, 3), (2, 4)),
    ],
    "concatenate: shapes differ off the axis": [
        (lambda K, x, y: K.concatenate([x, y], 0), (3, 4), (2, 3)),
        (lambda K, x, y: K.stack([x, y]), (3, 4), (2, 4)),
    ],
    "convolution: shapes do not fit": [
        (lambda K, x: K.conv2d(x, K.ones((2, 2, 3, 1)), dim_ordering="tf"), (2, 5, 5, 2)),
    ],
    "convolution: the window is larger than x": [
        (lambda K, x: K.conv2d(x, K.ones((4, 4, 2, 1)), dim_ordering="tf"), (2, 3, 5, 2)),
        (lambda K, x: K.conv1d(x, K.ones((4, 2, 1))), (2, 3, 2)),
    ],
    "conv3d: the window is larger than x": [
        (lambda K, x: K.conv3d(x, K.ones((4, 1, 1, 2, 1)), dim_ordering="tf"), (2, 3, 5, 5, 2)),
    ],
    "pooling: the window is larger than x": [
        (lambda K, x: K.pool2d(x, (4, 4), dim_ordering="th"), (2, 1, 3, 2)),
        (lambda K, x: K.pool2d(x, (2, 4), dim_ordering="tf", pool_mode="avg"), (2, 3, 3, 2)),
        (lambda K, x: K.pool3d(x, (4, 1, 1), dim_ordering="tf"), (2, 3, 5, 5, 2)),
    ],
    "rnn: samples or time steps do not fit": [
        (recurrence, (2, 3, 4), (2, 4), (2, 2)),
        (recurrence, (2, 3, 4), (2, 4), (2, 5)),
        (recurrence, (2, 0, 4), (2, 4)),
        (lambda K, x: K.map_fn(lambda each: each * 2.0, x), (0, 4)),
    ],
}


def refused(bench):
    """Of each sentence and each mistake whether a call says it, and names the arrays that it was given."""
    return {
        "value/" + sentence: np.array([says(bench, sentence, *mistake) for mistake in mistakes])
        for sentence, mistakes in MISTAKES.items()
    }


def says(bench, sentence, build, *shapes):
    """Whether a call with arrays of these shapes raises an error with a sentence in it."""
    from harness.backends.errors import ComputationFailed

    inputs = [bench.K.placeholder(ndim=len(shape)) for shape in shapes]
    function = bench.function(inputs, [build(bench.K, *inputs)])
    try:
        function([np.ones(shape) for shape in shapes])
    except ComputationFailed as error:
        return "What does not fit: %s" % sentence in str(error) and str(shapes[0]) in str(error)
    return False


def updates(bench):
    """A new value that has another shape than its variable changes nothing."""
    K = bench.K
    variable, x = K.variable(as_input(draw(2, 1, seed=930), K.floatx())), K.placeholder((None, None))
    before = K.get_value(variable)
    function = bench.function([x], [K.sum(x)], [K.update(variable, x * 2.0)])
    told = [says_of_update(function, np.ones(shape)) for shape in ((3, 1), (2, 4), (1, 1))]
    kept = np.array_equal(K.get_value(variable), before)
    function([np.ones((2, 1))])
    return {"value/refused": np.array(told + [kept]), "update/after": K.get_value(variable)}


def says_of_update(function, array):
    """Whether a call raises the error of an update."""
    from harness.backends.errors import ComputationFailed

    try:
        function([array])
    except ComputationFailed as error:
        return "What does not fit: update: shapes differ" in str(error)
    return False


CASES = [Program("late_sizes-refused", refused), Program("late_sizes-updates", updates)]
