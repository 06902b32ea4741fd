"""Normalisation by the definitions, with NumPy's own mean, variance and norm."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.normalization import CASES
from tests.conformance.oracles.inputs import oracles_of, weights

EPSILON = 1e-3  # the default of K's functions
AXES = {
    "channels_last": (0, 1, 2),
    "channels_first": (0, 2, 3),
    "two_axes_left": (0, 2),
}  # of statistics; (0,) for all others
LENGTH_AXES = {"last": 1, "first": 0, "two_axes": (1, 2), "inner-open": 2, "zeros": 1}


def normalised(x, mean, var, beta, gamma, epsilon):
    """The formula."""
    return (x - mean) / np.sqrt(var + epsilon) * gamma + beta


def in_training(label: str, x, gamma=None, beta=None) -> dict[str, np.ndarray]:
    """Statistics of the batch, and what is made with them."""
    axes = AXES.get(label, (0,))
    mean, var = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
    scale = 1.0 if gamma is None else gamma.reshape(mean.shape)
    shift = 0.0 if beta is None else beta.reshape(mean.shape)
    y = normalised(x, mean, var, shift, scale, 0.3 if "epsilon" in label else EPSILON)
    return {"value/y": y, "value/mean": np.squeeze(mean, axes), "value/variance": np.squeeze(var, axes)}


def by_length(label: str, x) -> dict[str, np.ndarray]:
    """Vectors over their lengths, which count as 1e-6 below that."""
    axis = LENGTH_AXES[label]
    length = np.maximum(np.sqrt(np.sum(x**2, axis=axis, keepdims=True)), 1e-6)
    results = {"value/y": x / length}
    if label == "zeros":
        w = weights(x.shape)
        along = np.sum(w * x, axis=1, keepdims=True) * x / length**3
        results["gradient/x"] = w / length - np.where(length > 1e-6, along, 0)
    return results


def of_case(name: str, x, **others) -> dict[str, np.ndarray]:
    """The results of a case."""
    _, kind, label = name.split("-", 2)
    if kind == "in_training":
        return in_training(label, x, **others)
    if kind == "l2":
        return by_length(label, x)
    arguments = {"beta": 0.0, "gamma": 1.0, **others}
    return {"value/y": normalised(x, epsilon=0.5 if "epsilon" in label else EPSILON, **arguments)}


ORACLES = oracles_of(CASES, of_case)
