"""Activations and losses of K, at their kinks and limits too."""

import numpy as np

from harness.worker.conformance.forms import Expression, draw

X = draw(3, 5, low=-4.0, high=4.0, seed=70)
KINKS = np.array([-2.5, -1.0, 0.0, 0.5, 1.0, 2.5, 6.0])
BEYOND = np.array([-6.0, -2.625, -2.375, 0.0, 2.375, 2.625, 6.0])
LARGE = np.array([[1000.0, 0.0, -1000.0], [88.0, 89.0, 90.0], [0.0, 0.0, 0.0]])
PROBABILITIES = draw(4, 3, low=0.05, high=1.0, seed=71)
TARGETS = np.eye(3)[[0, 2, 1, 1]]
LOGITS = draw(4, 3, low=-3.0, high=3.0, seed=72)
ODDS = draw(4, 3, low=0.02, high=0.98, seed=73)
BITS = np.array([[0.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.25, 0.5, 1.0]])
CERTAIN = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])


def activation(label, function, x=X, smooth=True, free=()):
    """A case of a function of one tensor."""
    return Expression("neural-" + label, {"x": x}, lambda K, P, x: {"y": function(K, x)}, ("x",), smooth, free)


def loss(label, function, output, target, smooth=True, wrt=("output",), free=("output", "target")):
    """A case of a loss of output and target."""
    return Expression(
        "neural-" + label,
        {"output": output, "target": target},
        lambda K, P, output, target: {"loss": function(K, output, target)},
        wrt,
        smooth,
        free,
    )


def accuracy(K, P, output, target):
    """The fraction of rows whose largest elements agree, as the workloads compute it."""
    return {"accuracy": K.mean(K.cast(K.equal(K.argmax(target), K.argmax(output)), K.floatx()))}


CASES = [
    activation("relu", lambda K, x: K.relu(x)),
    activation("relu-free_batch", lambda K, x: K.relu(x), free=("x",)),
    activation("relu-kinks", lambda K, x: K.relu(x), KINKS, smooth=False),
    activation("relu-leak_and_limit", lambda K, x: K.relu(x, alpha=0.1, max_value=3.0)),
    activation("softmax", lambda K, x: K.softmax(x)),
    activation("softmax-free_batch", lambda K, x: K.softmax(x), free=("x",)),
    activation("softmax-3d", lambda K, x: K.softmax(x), draw(2, 3, 4, seed=74)),
    activation("softmax-large", lambda K, x: K.softmax(x), LARGE, smooth=False),
    activation("sigmoid", lambda K, x: K.sigmoid(x)),
    activation("tanh", lambda K, x: K.tanh(x)),
    activation("hard_sigmoid", lambda K, x: K.hard_sigmoid(x)),
    # not at the limits themselves: whether 0.2 x + 0.5 meets them there is a matter of rounding
    activation("hard_sigmoid-beyond_limits", lambda K, x: K.hard_sigmoid(x), BEYOND),
    activation("clip", lambda K, x: K.clip(x, -1.5, 2.0)),
    activation("clip-kinks", lambda K, x: K.clip(x, -1.0, 1.0), KINKS, smooth=False),
    activation("clip-without_maximum", lambda K, x: K.clip(x, 0.5, None)),
    loss("categorical_crossentropy", lambda K, p, t: K.categorical_crossentropy(p, t), PROBABILITIES, TARGETS),
    loss(
        "categorical_crossentropy-certain",
        lambda K, p, t: K.categorical_crossentropy(p, t),
        CERTAIN,
        CERTAIN[:, ::-1],
        smooth=False,
    ),
    loss("categorical_crossentropy-logits", lambda K, p, t: K.categorical_crossentropy(p, t, True), LOGITS, TARGETS),
    loss(
        "categorical_crossentropy-of_softmax",
        lambda K, p, t: K.mean(K.categorical_crossentropy(K.softmax(p), t)),
        LOGITS,
        TARGETS,
    ),
    loss("binary_crossentropy", lambda K, p, t: K.binary_crossentropy(p, t), ODDS, BITS),
    loss("binary_crossentropy-certain", lambda K, p, t: K.binary_crossentropy(p, t), CERTAIN, CERTAIN, wrt=()),
    loss("binary_crossentropy-logits", lambda K, p, t: K.binary_crossentropy(p, t, True), LOGITS, BITS),
    Expression("neural-accuracy", {"output": LOGITS, "target": TARGETS}, accuracy, free=("output", "target")),
    Expression(
        "neural-dense",
        {"x": draw(4, 6, seed=75), "kernel": draw(6, 3, seed=76), "bias": draw(3, seed=77)},
        lambda K, P, x, kernel, bias: {"y": K.relu(K.dot(x, kernel) + bias)},
        ("x", "kernel", "bias"),
        free=("x",),
    ),
]
