"""One-hot rows from class numbers, and whether a class is among the best."""

import numpy as np

from harness.backends import settings
from harness.backends.api.arguments import checks
from harness.backends.api.math import reductions
from harness.backends.graph import operators, primitives


def one_hot(indices, nb_classes):
    """For each class number a row of zeros with a 1 at its place.

    Parameters
    ----------
    indices : tensor, integers, any shape
    nb_classes : int
    Returns
    -------
    tensor, indices.shape + (nb_classes,), floatx
    Raises
    ------
    TypeMismatch      indices are no integers
    ShapeMismatch     nb_classes is below 1

    Notes
    -----
    Differs: a number outside [0, nb_classes) gives a row of zeros, as under TensorFlow; Theano raises.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, one_hot.
    """
    indices = checks.of_integers("one_hot", indices, "indices")
    return operators.cast(hits(indices, checks.whole("one_hot", "nb_classes", nb_classes, 1)), settings.get("floatx"))


def hits(indices, count):
    """Of each class whether it is the one numbered, bool."""
    classes = primitives.constant(np.arange(count), "int32")
    return operators.comparison("equal", primitives.expand_dims(indices, indices.ndim), classes)


def in_top_k(predictions, targets, k):
    """Whether the score of the right class is among the k largest of its row.

    Parameters
    ----------
    predictions : tensor, (batch, classes), floats      scores; the number of classes known
    targets : tensor, (batch,), integers                class numbers
    k : int                                             1 or more
    Returns
    -------
    tensor, (batch,), bool
    Raises
    ------
    ShapeMismatch      ranks do not fit, or k is below 1
    TypeMismatch       targets are no integers

    Notes
    -----
    Numerics: nothing is among the best of a row that holds a nan.
    Differs:  as under TensorFlow a score that ties with the k-th counts as among them (Theano leaves that open), and a
              number that is no class is not among them.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, in_top_k.
    """
    predictions = checks.of_floats("in_top_k", predictions, "predictions")
    predictions = checks.ranked("in_top_k", predictions, 2, "predictions", "(batch, classes)")
    targets = checks.ranked("in_top_k", checks.of_integers("in_top_k", targets, "targets"), 1, "targets", "(batch,)")
    k = checks.whole("in_top_k", "k", k, 1)
    checks.same_size("in_top_k", ("predictions", predictions), ("targets", targets))
    right = hits(targets, checks.known("in_top_k", predictions, 1, "predictions", "number of classes"))
    lowest = primitives.reduction("min", predictions, (1,), True)
    score = primitives.reduction("max", primitives.select(right, predictions, lowest), (1,), True)
    above = reductions.sum(operators.comparison("greater", predictions, score), axis=1)
    is_class = reductions.any(right, axis=1)
    ordered = operators.comparison("equal", score, score)
    conditions = operators.comparison("less", above, k), is_class, primitives.squeeze(ordered, 1)
    few, known, numbers = (operators.cast(condition, "int32") for condition in conditions)
    return operators.comparison("greater", few * known * numbers, 0)
