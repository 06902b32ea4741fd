"""What the loops come to, in closed form where there is one."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.deep import CASES, FEW, SEVERAL, TERMS
from tests.conformance.oracles.inputs import oracles_by_label


def sums(x):
    weights = np.arange(TERMS).sum() / TERMS
    return {
        "same": x * (TERMS + 1),
        "before": x * (TERMS + 1),
        "weighted": x * (1 + weights),
        "less": x * (1 - 0.5 * TERMS),
    }


def products(x):
    factor = x * 0.1 + 0.95
    return {
        "multiplied": x * factor**SEVERAL,
        "divided": x / factor**SEVERAL,
        "mixed": 1 + (x - 1) * 0.99**SEVERAL,
    }


def functions(x):
    smooth = x
    for _ in range(SEVERAL // 4):
        smooth = np.cos(1 / (1 + np.exp(-np.sin(np.tanh(smooth)))))
    return {
        "smooth": smooth,
        "rectified": np.maximum(x, 0),
        "limited": np.clip(x, -1, 1),
        "chosen": np.where(x > 0.2, x * 1.001**SEVERAL, x),
    }


def layers(x, w, b):
    hidden = x
    for _ in range(FEW):
        hidden = np.maximum(hidden @ w + b, 0)
    images = x.reshape(-1, 2, 3) + 0.01 * FEW
    return {
        "hidden": hidden,
        "turned": np.roll(x, -FEW, axis=1),
        "pooled": images.max(axis=(1, 2)).reshape(-1, 1, 1, 1),
        "rows": np.array(len(x) + FEW, "int32"),
    }


def recurrence(x, h):
    unrolled, state = h, h
    for time in range(x.shape[1] * (FEW // 2)):
        unrolled = np.tanh(x[:, time % x.shape[1]] + unrolled)
    shrink = 0.9**FEW
    for now in np.moveaxis(x, 1, 0):
        state = now * shrink + state * 0.01 * (1 - shrink) / (1 - 0.9)
    return {"unrolled": unrolled, "step": state}


FORMULAS = {
    "sums": sums,
    "products": products,
    "functions": functions,
    "layers": layers,
    "recurrence": recurrence,
}
ORACLES = oracles_by_label(CASES, FORMULAS)
