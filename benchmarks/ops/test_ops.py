"""Operations of K at the sizes of our workloads, each a compiled function that is checked and then timed.

Inputs that a step would be given are handed over at each call, weights stay with the library, and what is computed
comes back as NumPy arrays: the time is that of a call, and of large results a part of it is their way back. Images are
in the layout that the library prefers. Python 3.6 syntax: see runner.py.
"""

import numpy as np
import oracles

from harness.backends import api as K
from harness.workloads.modeling.layers import LSTM
from harness.workloads.modeling.optimizers import RMSprop


def test_dot(bench):
    """(128, 784) by (784, 512): the first layer of mnist_mlp."""
    x, weights = bench.normal(128, 784), bench.normal(784, 512)
    bench.measure([K.dot(bench.fed(x), K.variable(weights))], [x.dot(weights)])


def convolution(bench):
    """(x, kernel, their tensors, the convolution of those) of the second convolution of mnist_cnn."""
    x, kernel = bench.normal(128, 32, 28, 28), bench.normal(32, 32, 3, 3)
    tensors = [bench.fed(bench.image(x)), K.variable(bench.kernel(kernel))]
    return x, kernel, tensors, K.conv2d(*tensors)


def test_conv2d(bench):
    """128 images 28 x 28 of 32 channels by 32 kernels 3 x 3: the second convolution of mnist_cnn."""
    x, kernel, _, y = convolution(bench)
    bench.measure([y], [bench.image(oracles.convolution(x, kernel))])


def test_conv2d_gradient(bench):
    """The same and the gradients of its images and kernels, from a sum of squares."""
    x, kernel, tensors, y = convolution(bench)
    gradients = oracles.convolution_gradients(x, kernel, 2 * oracles.convolution(x, kernel))
    expected = [bench.image(gradients[0]), bench.kernel(gradients[1])]
    bench.measure(K.gradients(K.sum(K.square(y)), tensors), expected)


def test_pool2d(bench):
    """The largest of each 2 x 2 pixels of 128 images 26 x 26 of 32 channels, as in mnist_cnn."""
    x = bench.normal(128, 32, 26, 26)
    pooled = K.pool2d(bench.fed(bench.image(x)), (2, 2), (2, 2))
    bench.measure([pooled], [bench.image(oracles.largest_of_pairs(x))])


def test_rnn_step(bench):
    """One time of imdb_lstm's LSTM: 32 samples, 128 units, the input's products already there."""
    projected, recurrent = bench.normal(32, 512), bench.normal(128, 512) / 16
    h, c = bench.normal(32, 128), bench.normal(32, 128)
    states = [bench.fed(h), bench.fed(c)]
    _, new_states = LSTM(128).step(bench.fed(projected), states, K.variable(recurrent))
    bench.measure(new_states, oracles.lstm_step(projected + h.dot(recurrent), c))


def test_rnn(bench):
    """The LSTM of imdb_lstm: 32 samples, 100 times of 128 inputs, 128 units."""
    layer, x = LSTM(128), bench.normal(32, 100, 128)
    layer.build((100, 128), bench.rng)
    weights = [K.get_value(weight.variable).astype("float64") for weight in layer.weights]
    bench.measure([layer.call(bench.fed(x), True)], [oracles.lstm(x, *weights)])


def test_gather(bench):
    """Rows of a table (20000, 128) for 32 reviews of 100 words: the embedding of imdb_lstm."""
    table, words = bench.normal(20000, 128), bench.rng.randint(20000, size=(32, 100))
    bench.measure([K.gather(K.variable(table), bench.fed(words, "int32"))], [table[words]])


def test_softmax(bench):
    """(128, 10): the last layer of mnist_mlp and mnist_cnn."""
    x = bench.normal(128, 10)
    bench.measure([K.softmax(bench.fed(x))], [oracles.softmax(x)])


def test_batch_normalization(bench):
    """128 images 26 x 26 of 32 channels by given statistics, at the size of mnist_cnn's pooling."""
    x, mean, beta, gamma = bench.normal(128, 32, 26, 26), *(bench.normal(1, 32, 1, 1) for _ in range(3))
    variance = np.square(bench.normal(1, 32, 1, 1))
    given = [K.variable(bench.image(each)) for each in (mean, variance, beta, gamma)]
    normalised = K.batch_normalization(bench.fed(bench.image(x)), *given, epsilon=0.001)
    bench.measure([normalised], [bench.image((x - mean) / np.sqrt(variance + 0.001) * gamma + beta)])


def test_rmsprop_update(bench):
    """One step of RMSprop on (784, 512) weights, whose gradient is there: the optimizer of mnist_mlp."""
    gradient, weights = bench.normal(784, 512), K.zeros((784, 512))
    updates = RMSprop(lr=0.001, rho=0.9, epsilon=1e-6).updates([weights], [K.variable(gradient)])
    mean_square = 0.1 * np.square(gradient)
    bench.measure_updates(updates, [mean_square, -0.001 * gradient / np.sqrt(mean_square + 1e-6)])
