"""Functions of class numbers: rows of 0 and 1, the loss of class numbers, whether a class is among the best."""

import numpy as np

from harness.worker.conformance.forms import Expression, draw, of_api

PROBABILITIES = draw(4, 3, low=0.05, high=1.0, seed=540)
SERIES = draw(2, 3, 4, low=0.05, high=1.0, seed=541)
LOGITS = draw(4, 3, low=-3.0, high=3.0, seed=542)
CLASSES = np.array([2, 0, 1, 1], "int32")
CLASSES_OF_SERIES = np.array([[3, 0, 1], [2, 2, 0]], "int64")
NUMBERS = np.array([[0, 3, -1], [2, 4, 1]], "int32")  # two that are no class of 0..3
SCORES = np.array([[0.1, 0.5, 0.2, 0.5], [0.3, 0.3, 0.3, 0.1], [0.9, 0.0, 0.8, 0.7], [0.1, 0.2, 0.3, 0.4]])
RIGHT = np.array([1, 2, 3, 0], "int64")
BITS = np.array([[0.0, 1.0, 0.25, 1.0, 0.0]])
STEEP = np.array([[0.0, 0.0, 0.0, -90.0, 90.0]])


def loss(label, output, target, free=("output", "target"), open_axes=(), **more):
    """A case of sparse_categorical_crossentropy."""
    return Expression(
        "classes-loss-" + label,
        {"output": output, "target": target},
        lambda K, P, output, target: {"loss": K.sparse_categorical_crossentropy(output, target, **more)},
        ("output",),
        free=free,
        open_axes=open_axes,
    )


def of_series(K, output, target):
    """The losses of rows and of single numbers, of three axes."""
    odds = K.sigmoid(output)
    return {
        "rows": K.categorical_crossentropy(output, target, from_logits=True),
        "numbers": K.binary_crossentropy(output, target, from_logits=True),
        "rows_of_odds": K.categorical_crossentropy(odds, target),
        "numbers_of_odds": K.binary_crossentropy(odds, target),
    }


def among_best(label, targets):
    """A case of in_top_k for every k."""
    return Expression(
        "classes-among_best-" + label,
        {"predictions": SCORES, "targets": targets},
        lambda K, P, predictions, targets: {"of_%d" % k: K.in_top_k(predictions, targets, k) for k in (1, 2, 3, 4, 5)},
        free=("predictions", "targets"),
    )


def rows(label, indices):
    """A case of one_hot."""
    return Expression(
        "classes-rows-" + label,
        {"indices": indices},
        lambda K, P, indices: {"y": K.one_hot(indices, 4), "wider": K.one_hot(indices, 6)},
        free=("indices",),
    )


CASES = [
    rows("vector", CLASSES),
    rows("matrix", CLASSES_OF_SERIES),
    rows("no_class", NUMBERS),
    loss("rows", PROBABILITIES, CLASSES),
    loss("column", PROBABILITIES, CLASSES[:, np.newaxis]),
    loss("floats", PROBABILITIES, CLASSES[:, np.newaxis] * 1.0),
    loss("series", SERIES, CLASSES_OF_SERIES),
    loss("column-open", PROBABILITIES, CLASSES[:, np.newaxis], open_axes=(("target", 1),)),
    loss("series-column", SERIES, CLASSES_OF_SERIES[:, :, np.newaxis] * 1.0, open_axes=(("output", 1), ("target", 1))),
    loss("no_class", PROBABILITIES, np.array([2, 3, -1, 0], "int32")),
    loss("logits", LOGITS, CLASSES, from_logits=True),
    loss("series-logits", SERIES, CLASSES_OF_SERIES, from_logits=True),
    of_api("classes-of_series", of_series, ("output", "target"), output=SERIES * 6.0 - 3.0, target=SERIES),
    among_best("ties", RIGHT),
    among_best("no_class", np.array([4, -1, 0, 3], "int32")),
    Expression(
        "classes-binary_loss-steep",
        {"output": STEEP, "target": BITS},
        lambda K, P, output, target: {"loss": K.binary_crossentropy(output, target, from_logits=True)},
        ("output",),
    ),
]
