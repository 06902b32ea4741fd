"""The steps one after another in NumPy."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.rnn_constant import ALL, CASES
from tests.conformance.oracles.inputs import oracles_by_label


def steps(h):
    zeros, ones = np.zeros_like(h), np.ones_like(h)
    return {
        "counted": (lambda x, s: (x + s[0], [s[0] + 1]), [zeros]),
        "doubled": (lambda x, s: (x * s[0], [s[0] * 2]), [h]),
        "numbered": (lambda x, s: (x * s[0], [s[0] + 1]), [zeros[:, :1]]),
        "own": (lambda x, s: (s[0] * 3, [s[0] + 1]), [ones]),
        "kept": (lambda x, s: (s[0], [s[0]]), [h]),
        "summed": (lambda x, s: (s[0] + s[1], [s[1], s[0] + s[1]]), [zeros, ones]),
        "one_of_two": (lambda x, s: (x + s[0] * s[1], [s[0] + 1, s[1] + x]), [zeros, h]),
        "outer": (lambda x, s: (h * 2, [s[0]]), [zeros]),
        "replaced": (lambda x, s: (s[0], [h * 2]), [zeros]),
        "given": (lambda x, s: (x, []), []),
    }


def run(step, x, states, mask, backwards):
    """(outputs, final states): a time that is masked repeats the output before it, zeros at first, and keeps states."""
    outputs, before = [], None
    for time in reversed(range(x.shape[1])) if backwards else range(x.shape[1]):
        output, new = step(x[:, time], states)
        before = np.zeros_like(output) if before is None else before
        taken = mask[:, time, None] != 0
        before = np.where(taken, output, before)
        states = [np.where(taken, *pair) for pair in zip(new, states, strict=True)]
        outputs.append(before)
    return np.stack(outputs, 1), states


def of_steps(names, masked, backwards):
    def formula(x, h, mask):
        found = {}
        for name in names:
            step, states = steps(h)[name]
            outputs, finals = run(step, x, states, mask if masked else np.ones(x.shape[:2]), backwards)
            found |= {f"{name}_last": outputs[:, -1], f"{name}_outputs": outputs}
            found |= {f"{name}_state{place}": state for place, state in enumerate(finals)}
        return found

    return formula


def folds(x, h):
    return {
        "count": np.full(2, 2.0),
        "count_from": 4 * h[0],
        "last": x[-1].sum(0),
        "first": x[-1],
        "same": np.stack([h[0], h[0]]),
        "ones": np.ones_like(x),
    }


FORMULAS = {
    "all": of_steps(ALL, False, False),
    "known": of_steps(ALL[:5], False, True),
    "masked": of_steps(ALL, True, False),
    "masked_backwards": of_steps(ALL[5:], True, True),
    "folds": folds,
}
ORACLES = oracles_by_label(CASES, FORMULAS)
