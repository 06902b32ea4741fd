"""Computed in float64 throughout; each result in the dtype that it is received in."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.dtypes_mixed import CASES
from tests.conformance.oracles.inputs import oracles_by_label, weights


def received(found, *wide):
    """The results as they are received: those named in float64, all others in float32."""
    return {label: np.asarray(array, "float64" if label in wide else "float32") for label, array in found.items()}


def gradient(x, w):
    """`narrow` is what float32 keeps of w."""
    x, narrow = x.astype("float64"), w.astype("float32").astype("float64")
    one = weights((3, 4))
    found = {
        "wide": x * w + w**2,
        "narrow": narrow * x + x,
        "again": x * w * narrow,
        "gradient/x": one * w + one * (narrow + 1) + one * w * narrow,
        "gradient/w": np.sum(one * (x + 2 * w) + one * x + one * x * (w + narrow), axis=0),
    }
    return received(found, "wide", "gradient/w")


def scan(x, h, c):
    """Forward, then back through time by hand."""
    x, steps = x.astype("float64"), []
    narrow, wide = h.astype("float64"), c
    for time in range(3):
        before = narrow, wide
        narrow, wide = x[:, time] * wide + narrow / 2, np.tanh(wide + narrow / 3)
        steps.append((*before, narrow, wide))
    of_outputs, of_state = weights((2, 3, 4)), weights((2, 4))
    gradient_n, gradient_w, gradient_x = of_state, of_state, np.zeros_like(x)
    for time in reversed(range(3)):
        _, wide_before, _, wide_after = steps[time]
        gradient_n = gradient_n + of_outputs[:, time]
        inner = gradient_w * (1 - wide_after**2)
        gradient_x[:, time] = gradient_n * wide_before
        gradient_n, gradient_w = gradient_n / 2 + inner / 3, inner + gradient_n * x[:, time]
    found = {"outputs": np.stack([step[2] for step in steps], 1), "last": narrow, "wide": wide}
    found |= {"gradient/x": gradient_x, "gradient/h": gradient_n, "gradient/c": gradient_w}
    return received(found, "wide", "gradient/c")


ORACLES = oracles_by_label(CASES, {"mixed-gradient": gradient, "mixed-scan": scan})
