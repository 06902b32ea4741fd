"""Activations by NumPy's formulas that cannot overflow, and their gradients by hand."""

from __future__ import annotations

import numpy as np
from scipy import special

from harness.worker.conformance.cases.activations import CASES
from tests.conformance.oracles.inputs import oracles_by_label, weights


def elu(x, alpha):
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def relu(x, alpha=0.0, limit=np.inf):
    return np.minimum(np.where(x > 0, x, alpha * x), limit)


def curves(x):
    return {
        "softplus": np.logaddexp(0, x),
        "softsign": x / (1 + np.abs(x)),
        "elu": elu(x, 1),
        "half_elu": elu(x, 0.5),
    }


def extremes(x):
    below = np.exp(np.minimum(x, 0)) * (x <= 0)
    gradients = special.expit(x) + 1 / (1 + np.abs(x)) ** 2 + 2 * (x > 0) + 1.5 * below
    return {**curves(x), "gradient/x": weights(x.shape) * gradients}


def kinks(x):
    """At -1, 0, 2 and 3: half the gradient below 0, none at 0, all of it at the limit and none above."""
    assert x.tolist() == [-1, 0, 2, 3]
    return {"y": np.array([-0.5, 0, 2, 2]), "gradient/x": weights(x.shape) * np.array([0.5, 0, 1, 0])}


FORMULAS = {
    "curves": curves,
    "extremes": extremes,
    "relu-numbers": lambda x: {"leaky": relu(x, 0.25), "limited": relu(x, 0, 1.5), "both": relu(x, -0.5, 2)},
    "relu-of_integers": lambda x: {
        "alone": np.array([0, 0, 3], "int32"),
        "leaky": np.array([-1.0, 0.0, 3.0]),
        "limited": np.array([0.0, 0.0, 2.5]),
    },
    "relu-kinks": kinks,
    "tensors": lambda x, alpha, limit: {
        "leaky": relu(x, alpha),
        "limited": relu(x, 0, limit),
        "both": relu(x, alpha, limit),
        "elu": elu(x, alpha),
    },
}
ORACLES = oracles_by_label(CASES, FORMULAS)
