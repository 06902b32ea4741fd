"""float16 beside what it cannot hold: an epsilon, 1 less an epsilon, a count above 2048, a square above 65504."""

import numpy as np

from harness.worker.conformance.forms import Expression, Program

HALF = 1e-3
SHARES = np.array([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.25, 0.75, 0.0], [0.9995, 0.0005, 0.0]], "float16")
TARGETS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]], "float16")
LOGITS = np.array([[30.0, -30.0, 0.0], [11.0, 12.0, -20.0], [0.5, 0.25, 0.0], [-60000.0, 60000.0, 0.0]], "float16")
FEATURES = np.array([[1, 2, 5, 0, 1e-4, 300], [2, 2, 5, 0, 2e-4, -300], [3, 2, 5, 0, -1e-4, 250]], "float16")
HEARD = np.array([[0.5, 0.0, 0.5], [0.25, 0.75, 0.0], [0.0, 1.0, 0.0]], "float16")
COUNT = 4096


def losses(K, P, p, t):
    """The example: a loss of what is right is 0."""
    classes = K.variable([0, 1, 2, 0], "int32")
    return {
        "right": K.binary_crossentropy(t, t),
        "binary": K.binary_crossentropy(p, t),
        "categorical": K.categorical_crossentropy(p, t),
        "categorical_right": K.categorical_crossentropy(t, t),
        "sparse": K.sparse_categorical_crossentropy(p, classes),
    }


def losses_of_logits(K, P, x, t):
    """Logits that have no exponential in float16."""
    return {
        "binary": K.binary_crossentropy(x, t, from_logits=True),
        "categorical": K.categorical_crossentropy(x, t, from_logits=True),
        "sparse": K.sparse_categorical_crossentropy(x, K.variable([0, 1, 2, 1], "int32"), from_logits=True),
        "softmax": K.softmax(x),
        "softplus": K.softplus(x),
    }


def normalized(K, P, x):
    """Statistics whose squares, and epsilons that float16 does not have."""
    gamma, beta = (K.cast(make((6,)), "float16") for make in (K.ones, K.zeros))
    trained, mean, variance = K.normalize_batch_in_training(x, gamma, beta, [0], epsilon=1e-7)
    return {
        "trained": trained,
        "mean": mean,
        "variance_of_few": variance[:5],
        "given": K.batch_normalization(x, K.mean(x, axis=0), K.zeros_like(beta), beta, gamma, epsilon=1e-5)[:, :5],
        "length": K.l2_normalize(x, 0),
        "length_of_zeros": K.l2_normalize(x * 0.0, 1),
        "deviation": K.std(x, axis=0),
        "variance_of_all": K.var(x / 10.0),
    }


def accumulated(K, P, x):
    """Sums of many ones, in each function that has a sum."""
    rows = K.reshape(x, (2, COUNT // 2))
    images = K.reshape(x, (1, 8, 8, COUNT // 64))
    kernel = K.reshape(x, (8, 8, COUNT // 64, 1))
    return {
        "sum": K.sum(x),
        "sum_along": K.sum(rows, axis=1),
        "mean": K.mean(x),
        "variance": K.var(x),
        "dot": K.dot(rows, K.transpose(rows)),
        "batch_dot": K.batch_dot(rows, rows, axes=1),
        "convolution": K.conv2d(images, kernel, dim_ordering="tf"),
        "average": K.pool2d(images, (8, 8), (8, 8), dim_ordering="tf", pool_mode="avg"),
        "length": K.l2_normalize(x, 0) * 64.0,
        "softmax": K.softmax(x) * float(COUNT),
        "loss": K.categorical_crossentropy(x, x / float(COUNT)),
        "bias": K.gradients(K.dot(rows, K.ones_like(K.transpose(rows))) + x[:2], [x])[0][:3],
    }


def heard(K, P, p):
    """Labels of three times, of which two give a probability of 0 to a class."""
    labels, times, count = (K.variable(value, "int32") for value in ([[0, 1]], [[3]], [[2]]))
    return {
        "batch_cost": K.ctc_batch_cost(labels, K.expand_dims(p, 0), times, count),
        "cost": K.ctc_cost(p, K.variable([0, 1], "int32")),
        "paths": K.ctc_path_probs(p, K.variable([-1, 0, -1], "int32"))[0][:, 1],
        "decoded": K.ctc_decode(K.expand_dims(p, 0), K.variable([3], "int32"))[1],
    }


def draws(bench):
    """Draws of float16 lie below the upper limit, to which many of float64 would be rounded."""
    K = bench.K
    facts = []
    for low, high in ((0.0, 1.0), (1.0, 2.0), (-3.0, -1.0)):
        drawn = K.random_uniform((20000,), low, high, dtype="float16", seed=5)
        (found,) = bench.function([], [drawn])([])
        facts.append(found.dtype == np.float16 and found.min() >= low and found.max() < high)
    kept = bench.function([], [K.dropout(K.cast(K.ones((COUNT,)), "float16"), 0.5, seed=3)])([])[0]
    facts.append(set(np.unique(kept)) == {0.0, 2.0})
    return {"value/facts": np.array(facts)}


CASES = [
    Expression("halves-losses", {"p": SHARES, "t": TARGETS}, losses, tolerance=HALF),
    Expression("halves-logits", {"x": LOGITS, "t": TARGETS}, losses_of_logits, tolerance=HALF),
    Expression("halves-normalized", {"x": FEATURES}, normalized, tolerance=HALF),
    Expression("halves-accumulated", {"x": np.ones(COUNT, "float16")}, accumulated, tolerance=HALF),
    Expression("halves-heard", {"p": HEARD}, heard, tolerance=HALF),
    Program("halves-draws", draws),
]
