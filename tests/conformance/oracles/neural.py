"""Activations and losses by their formulas, and their gradients at kinks by hand."""

from __future__ import annotations

import numpy as np
from scipy import special

from harness.worker.conformance.cases.neural import CASES
from tests.conformance.oracles.inputs import oracles_of, weights

EPSILON = 1e-7


def row_entropy(p: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Cross-entropy of rows of probabilities."""
    p = p / p.sum(axis=1, keepdims=True)
    return -np.sum(target * np.log(np.clip(p, EPSILON, 1 - EPSILON)), axis=1)


def bit_entropy(p: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Cross-entropy of single probabilities."""
    p = np.clip(p, EPSILON, 1 - EPSILON)
    return -(target * np.log(p) + (1 - target) * np.log(1 - p))


ACTIVATIONS = {
    "relu": lambda x: np.where(x > 0, x, 0),
    "relu-leak_and_limit": lambda x: np.minimum(np.where(x > 0, x, 0.1 * x), 3),
    "softmax": lambda x: special.softmax(x, axis=-1),
    "sigmoid": special.expit,
    "tanh": np.tanh,
    "hard_sigmoid": lambda x: np.clip(0.2 * x + 0.5, 0, 1),
    "clip": lambda x: np.clip(x, -1.5, 2),
    "clip-kinks": lambda x: np.clip(x, -1, 1),
    "clip-without_maximum": lambda x: np.where(x < 0.5, 0.5, x),
}
LOSSES = {
    "categorical_crossentropy": row_entropy,
    "categorical_crossentropy-logits": lambda x, t: -np.sum(t * special.log_softmax(x, axis=1), axis=1),
    "categorical_crossentropy-of_softmax": lambda x, t: np.mean(row_entropy(special.softmax(x, axis=1), t)),
    "binary_crossentropy": bit_entropy,
    "binary_crossentropy-logits": lambda x, t: bit_entropy(special.expit(x), t),
}
# x -2.5, -1, 0, 0.5, 1, 2.5, 6
SLOPES = {
    "relu-kinks": np.array([0, 0, 0, 1, 1, 1, 1]),
    "clip-kinks": np.array([0, 1, 1, 1, 1, 0, 0]),
}


def softmax_gradient(x: np.ndarray) -> np.ndarray:
    """Of the weighted sum of all elements."""
    p, w = special.softmax(x, axis=-1), weights(x.shape)
    return p * (w - np.sum(p * w, axis=-1, keepdims=True))


def certain_gradients(output: np.ndarray, target: np.ndarray) -> dict[str, np.ndarray]:
    """Of the cross-entropy of probabilities 0 and 1: all are clipped, so none flows."""
    return {"gradient/output": np.zeros_like(output)}


def named(formulas: dict, label: str):
    """The formula of a label: its own, or that of its first word."""
    return formulas.get(label) or formulas[label.split("-")[0]]


def of_case(name: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
    """The results of a case."""
    label = name.split("-", 1)[1]
    if label == "dense":
        return {"value/y": np.maximum(inputs["x"] @ inputs["kernel"] + inputs["bias"], 0)}
    if label == "accuracy":
        hits = [np.argmax(p) == np.argmax(t) for p, t in zip(inputs["output"], inputs["target"], strict=True)]
        return {"value/accuracy": np.mean(hits)}
    if "target" in inputs:
        results = {"value/loss": named(LOSSES, label)(*inputs.values())}
        return results | (certain_gradients(**inputs) if label == "categorical_crossentropy-certain" else {})
    x = inputs["x"]
    results = {"value/y": named(ACTIVATIONS, label)(x)}
    if label in SLOPES:
        results["gradient/x"] = weights(x.shape) * SLOPES[label]
    if label == "softmax-large":
        results["gradient/x"] = softmax_gradient(x)
    return results


ORACLES = oracles_of(CASES, of_case)
