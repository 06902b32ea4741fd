"""Recurrences as loops over the times."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.recurrence import CASES, UNITS
from tests.conformance.oracles.inputs import oracles_of


def times(x: np.ndarray, name: str) -> list[int]:
    """The times in the order of iteration."""
    return list(range(x.shape[1]))[:: -1 if name.endswith("backwards") else 1]


def scan(name, x, h, kernel):
    """One state, which is the output."""
    outputs = []
    for time in times(x, name):
        h = np.tanh(x[:, time] + h @ kernel)
        outputs.append(h)
    return {"value/outputs": np.stack(outputs, 1), "value/final": h}


def two_states(name, x, y, h, c, kernel):
    """Two sequences, two states, two outputs."""
    first, other = [], []
    for time in times(x, name):
        new_h, new_c = np.tanh(x[:, time] * c), h + y[:, time] @ kernel
        first.append(new_h * c)
        other.append(x[:, time] + h)
        h, c = new_h, new_c
    return {"value/first": np.stack(first, 1), "value/other": np.stack(other, 1), "value/h": h, "value/c": c}


def rnn(name, x, h, kernel, mask=None):
    """K.rnn; a masked row repeats its output and keeps its state."""
    output, outputs = np.zeros_like(h), []
    for time in times(x, name):
        new = np.tanh(x[:, time] + h @ kernel)
        kept = np.ones((len(x), 1)) if mask is None else mask[:, time : time + 1]
        h = np.where(kept, new, h)
        output = np.where(kept, 2 * new, output)
        outputs.append(output)
    return {"value/last": output, "value/outputs": np.stack(outputs, 1), "value/state": h}


def lstm(name, x, h, c, kernel):
    """Gates i, f, o, then the candidate."""
    for time in times(x, name):
        i, f, o, g = np.split(x[:, time] + h @ kernel, 4, axis=1)
        i, f, o = (np.clip(0.2 * gate + 0.5, 0, 1) for gate in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
    assert h.shape[1] == UNITS
    return {"value/last": h, "value/c": c}


def words(name, indices, table, projection, bias, **rest):
    """A layer over rows of a table times a matrix, plus a bias."""
    return lstm(name, table[indices] @ projection + bias, **rest)


def mixing(name, indices, table, projection, bias, h, kernel):
    """Over the same, each state less its mean over the batch."""
    x, outputs = table[indices] @ projection + bias, []
    for time in times(x, name):
        new = np.tanh(x[:, time] + h @ kernel)
        h = new - new.mean(axis=0)
        outputs.append(new)
    return {"value/outputs": np.stack(outputs, 1), "value/state": h, "value/x": x}


def gradients_of_product(name, indices, table, projection, bias, h, kernel):
    """Back through the times by hand: of sum h^2 at the last one, h' = tanh(x + h W)."""
    x = table[indices] @ projection + bias
    outputs = scan(name, x, h, kernel)["value/outputs"]
    gradient, x_gradient = 2 * outputs[:, -1], np.empty_like(x)
    for time in reversed(times(x, name)):
        x_gradient[:, time] = gradient * (1 - outputs[:, time] ** 2)
        gradient = x_gradient[:, time] @ kernel.T
    return {"value/rows": x_gradient @ projection.T, "value/x": x_gradient}


FORMULAS = {each.__name__: each for each in (scan, rnn, lstm, words, mixing, gradients_of_product)}


def of_case(name: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
    """The results of a case."""
    if "no_output" in name:
        return {"value/count": np.array([4, 4, 4], "int32")}
    if "two_states" in name:
        return two_states(name, **inputs)
    return FORMULAS[name.split("-")[1]](name, **inputs)


ORACLES = oracles_of(CASES, of_case)
