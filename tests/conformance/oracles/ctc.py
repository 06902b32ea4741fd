"""The probability of a label sequence as the sum over all paths that stand for it, each written out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from harness.worker.conformance.cases import ctc
from harness.worker.conformance.forms import as_input
from tests.conformance.oracles.inputs import oracles_of

SMOOTHING = 1e-8
# what Keras 1.2.2 on TensorFlow gives for ctc.KNOWN
KNOWN_COSTS = np.array([[3.34211], [5.42262]])


def joined(path: Sequence[int], blank: int) -> tuple[int, ...]:
    """What a path stands for: repeated classes once, without blanks."""
    return tuple(label for label, _ in itertools.groupby(path) if label != blank)


def paths(labels: Sequence[int], times: int, classes: int) -> Iterator[tuple[int, ...]]:
    """All paths that stand for labels."""
    for path in itertools.product(range(classes), repeat=times):
        if joined(path, classes - 1) == tuple(labels):
            yield path


def normalised(y: np.ndarray) -> np.ndarray:
    """Probabilities of one sample as the loss takes them."""
    return (y + SMOOTHING) / (y + SMOOTHING).sum(axis=-1, keepdims=True)


def probability(y: np.ndarray, labels: Sequence[int]) -> float:
    """Of labels, when all times of y count."""
    found = [np.prod(y[range(len(y)), path]) for path in paths(labels, *y.shape)]
    return float(np.sum(sorted(found)))


def cost(name, labels, y, times, lengths):
    """Minus its logarithm."""
    costs = []
    for own, sample, time, length in zip(labels, y, times.ravel(), lengths.ravel(), strict=True):
        with np.errstate(divide="ignore"):
            costs.append([-np.log(probability(normalised(sample[:time]), own[:length]))])
    if name.endswith("known"):
        np.testing.assert_allclose(costs, KNOWN_COSTS, atol=5e-5)
    return {"value/cost": np.array(costs)}


def gradient(y: np.ndarray, labels: Sequence[int]) -> np.ndarray:
    """Of minus the logarithm by y: of each path by each of its probabilities, then back through the normalising."""
    p, total, found = normalised(y), 0.0, np.zeros_like(y)
    for path in paths(labels, *y.shape):
        part = np.prod(p[range(len(y)), path])
        total += part
        for time, label in enumerate(path):
            found[time, label] += part / p[time, label]
    found = -found / total
    sums = (y + SMOOTHING).sum(axis=1, keepdims=True)
    return (found - np.sum(found * p, axis=1, keepdims=True)) / sums


def impossible() -> dict[str, np.ndarray]:
    """The first two cannot be said in three times, the last two at all; the third can, in the two that count."""
    y = as_input(ctc.IMPOSSIBLE["y"], "float64")
    gradients = np.zeros_like(y)
    gradients[2, :2] = gradient(y[2, :2], (0, 1))
    cost = -np.log(probability(normalised(y[2, :2]), (0, 1)))
    return {"value/cost": np.array([[np.inf], [np.inf], [cost], [np.inf], [np.inf]]), "gradient/y": gradients}


def sparse_labels(name, labels, words, flat, column):
    """0 from each sample's length on."""
    return {
        "value/flat": np.array([[3, 1, 2], [5, 4, 0], [0, 0, 0]], "int32"),
        "value/column": np.array([[1.5, 0.0], [0.5, 4.5]]),
    }


def of_case(name: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
    """The results of an expression."""
    return (sparse_labels if name.endswith("sparse") else cost)(name, **inputs)


_expressions = [case for case in ctc.CASES if hasattr(case, "build")]
ORACLES = oracles_of(_expressions, of_case) | {"ctc-batch_cost-impossible": impossible}
