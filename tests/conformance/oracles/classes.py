"""Functions of class numbers, sample by sample in plain Python; losses by SciPy's functions."""

from __future__ import annotations

import numpy as np
from scipy import special

from harness.worker.conformance.cases.classes import CASES
from tests.conformance.oracles.inputs import oracles_of


def loss(label: str, output: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Minus the logarithm of the right class's probability, 0 where there is no such class."""
    logs = special.log_softmax(output, axis=-1) if "logits" in label else np.log(output / output.sum(-1, keepdims=True))
    numbers = np.asarray(target).reshape(output.shape[:-1])
    result = np.zeros(numbers.shape)
    for at in np.ndindex(*numbers.shape):
        number = int(numbers[at])
        result[at] = -logs[at][number] if 0 <= number < output.shape[-1] else 0.0
    return result


def among_best(predictions: np.ndarray, targets: np.ndarray, k: int) -> np.ndarray:
    """Whether fewer than k scores are above that of the right class, if there is one."""
    return np.array(
        [
            0 <= number < len(scores) and sum(score > scores[number] for score in scores) < k
            for scores, number in zip(predictions, targets, strict=True)
        ]
    )


def of_series(x: np.ndarray, target: np.ndarray) -> dict[str, np.ndarray]:
    """Rows share their probabilities out, numbers have theirs alone."""
    odds = special.expit(x)
    numbers = -special.xlogy(target, odds) - special.xlogy(1 - target, 1 - odds)
    return {
        "value/rows": -np.sum(target * special.log_softmax(x, axis=-1), axis=-1),
        "value/numbers": numbers,
        "value/rows_of_odds": -np.sum(target * np.log(odds / odds.sum(axis=-1, keepdims=True)), axis=-1),
        "value/numbers_of_odds": numbers,
    }


def row(indices: np.ndarray, count: int) -> np.ndarray:
    """Zeros, and a one where a number names a class."""
    result = np.zeros((*indices.shape, count))
    for at in np.ndindex(*indices.shape):
        if 0 <= indices[at] < count:
            result[(*at, indices[at])] = 1.0
    return result


def of_case(name: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
    """The results of a case."""
    if name == "classes-of_series":
        return of_series(*inputs.values())
    _, kind, label = name.split("-", 2)
    if kind == "rows":
        return {"value/y": row(inputs["indices"], 4), "value/wider": row(inputs["indices"], 6)}
    if kind == "among_best":
        return {f"value/of_{k}": among_best(**inputs, k=k) for k in (1, 2, 3, 4, 5)}
    if kind == "binary_loss":
        x, target = inputs["output"], inputs["target"]
        return {"value/loss": -(target * special.log_expit(x) + (1 - target) * special.log_expit(-x))}
    return {"value/loss": loss(label, **inputs)}


ORACLES = oracles_of(CASES, of_case)
