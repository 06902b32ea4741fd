"""Masked recurrences as loops over samples and times."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.masks import CASES, UNITS
from tests.conformance.oracles.inputs import oracles_of


def masked(step, x, states, mask, prefix="", backwards=False):
    """Each sample by itself: where its mask is 0 the output before stays, zeros at the first time, and the states."""
    samples = [_one(step, x[row], [state[row] for state in states], mask[row], backwards) for row in range(len(x))]
    outputs = np.stack([outputs for outputs, _ in samples])
    results = {f"value/{prefix}last": outputs[:, -1], f"value/{prefix}outputs": outputs}
    for place in range(len(states)):
        results[f"value/{prefix}state_{place}"] = np.stack([kept[place] for _, kept in samples])
    return results


def _one(step, x, states, mask, backwards):
    output, outputs = None, []
    for time in list(range(len(x)))[:: -1 if backwards else 1]:
        new, moved = step(x[time], states)
        output = np.zeros_like(new) if output is None else output
        if mask[time]:
            output, states = new, moved
        outputs.append(output)
    return np.stack(outputs), states


def tanh_layer(kernel):
    """h' = tanh(x + h W), three times it as output."""

    def step(element, states):
        new = np.tanh(element + states[0] @ kernel)
        return 3 * new, [new]

    return step


def patterns(name, x, h, kernel, mask):
    """The form of a mask is all the same."""
    results = {}
    for prefix in ("", "thin_", "bool_", "bytes_"):
        results |= masked(tanh_layer(kernel), x, [h], mask, prefix, name.endswith("backwards"))
    return results


def single(name, x, h, kernel, mask):
    """One mask."""
    return masked(tanh_layer(kernel), x, [h], mask, backwards=name.endswith("backwards"))


def no_states(name, x, mask):
    """Squares."""
    return masked(lambda element, states: (element**2, []), x, [], mask)


def volumes(name, x, h, n, scale, mask):
    """A matrix for each sample, a count, and sums of rows as output."""

    def step(element, states):
        new = np.tanh(element * scale + states[0])
        return new.sum(axis=1) + 1, [new, states[1] + np.int32(1)]

    return masked(step, x, [h, n], mask)


def lstm(name, x, h, c, kernel, mask):
    """Gates i, f, o, then the candidate."""

    def step(element, states):
        gates = np.split(element + states[0] @ kernel, 4)
        i, f, o = (np.clip(0.2 * gate + 0.5, 0, 1) for gate in gates[:3])
        cell = f * states[1] + i * np.tanh(gates[3])
        hidden = o * np.tanh(cell)
        return hidden, [hidden, cell]

    assert h.shape[1] == UNITS
    return masked(step, x, [h, c], mask)


def not_zero(name, words, table, kernel, h):
    """Rows of the table, where the word is not 0."""
    return masked(tanh_layer(kernel), table[words], [h], words != 0)


def of_case(name: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
    """The results of a case, from the function that has its name."""
    return globals()[name.split("-")[1]](name, **inputs)


ORACLES = oracles_of(CASES, of_case)
