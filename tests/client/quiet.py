"""Uses K as people do, in every float type, with failures among it. Python 3.6 syntax; run by `harness exec`.

Standard output is to have the lines that are printed here, and no other.
"""

import sys

import numpy as np

from harness import backend as K

say = sys.stdout.write


def network(dtype):
    """A step of training of a small convolutional network."""
    x, target = K.placeholder((None, 6, 6, 2)), K.placeholder((None, 3))
    kernel, weights = K.variable(np.ones((3, 3, 2, 4)).T[..., ::-1].T), K.variable(np.asfortranarray(np.ones((36, 3))))
    images = K.pool2d(K.conv2d(x, kernel, border_mode="same", dim_ordering="tf"), (2, 2), (2, 2), dim_ordering="tf")
    p = K.softmax(K.dot(K.dropout(K.batch_flatten(K.relu(images)), 0.2), weights))
    loss = K.mean(K.categorical_crossentropy(p, target))
    gradients = K.gradients(loss, [kernel, weights])
    steps = [K.update_sub(kernel, 0.1 * gradients[0]), K.update_sub(weights, 0.1 * gradients[1])]
    train = K.function([x, target], [loss, K.mean(x)], steps)
    for size in (4, 3):
        train([np.ones((size, 6, 6, 2)), np.eye(3)[[0, 1, 2, 0]][:size]])


def recurrence(dtype):
    """A masked recurrence and its gradient."""
    x, mask, weights = K.placeholder((None, 5, 3)), K.placeholder((None, 5)), K.variable(np.ones((3, 3)))

    def step(now, states):
        state = K.tanh(K.dot(now, weights) + states[0])
        return state, [state]

    last = K.rnn(step, x, [K.zeros_like(x[:, 0])], mask=mask)[0]
    K.function([x, mask], [last] + K.gradients(K.sum(last), [weights]))([np.ones((2, 5, 3)), np.ones((2, 5))])


def odd_values(dtype):
    """Logarithms of 0, quotients by 0, overflows, random numbers."""
    x = K.placeholder((None, 3))
    outputs = [K.log(x), x / 0.0, K.exp(x * 1000.0), K.pow(x, -1.0), K.sqrt(x), K.cast(x, "int32"), K.std(x, axis=0)]
    outputs += [K.random_uniform((2, 2)), K.random_normal((2, 2)), K.gather(x, K.cast(x[0], "int32") * 0)]
    K.function([x], outputs)([[[0.0, -1.0, 2.0]]])
    K.function([x], K.gradients(K.sum(K.log(x)) + K.sum(K.sqrt(x)), [x]))([[[0.0, -1.0, 2.0]]])


def failures(dtype):
    """What does not fit, caught."""
    x, y = K.placeholder((None, 3)), K.placeholder((None, 3))
    n = K.placeholder((None,), dtype="int32")
    caught = 0
    for inputs, output, arrays in (
        ([x, y], x + y, [np.ones((4, 3)), np.ones((5, 3))]),
        ([x], K.reshape(x, (5, -1)), [np.ones((4, 3))]),
        ([x, n], K.reshape(x, (n[0], 2)), [np.ones((4, 3)), [100]]),
    ):
        try:
            K.function(inputs, [output])(arrays)
        except (RuntimeError, NotImplementedError):
            caught += 1
    assert caught == 3


for floats in ("float32", "float64", "float16"):
    K.set_floatx(floats)
    for use in (network, recurrence, odd_values, failures):
        use(floats)
    say("%s is done\n" % floats)
K.function([], [K.print_tensor(K.ones((1,)), "printed ")])([])
