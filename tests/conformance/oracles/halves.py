"""Formulas in float64, rounded to float16 once."""

from __future__ import annotations

import numpy as np
from scipy import special

from harness.worker.conformance.cases.halves import CASES, COUNT
from tests.conformance.oracles.ctc import normalised, probability
from tests.conformance.oracles.ctc_decoding import greedy
from tests.conformance.oracles.ctc_paths import cost, through
from tests.conformance.oracles.dtypes_float16 import half
from tests.conformance.oracles.inputs import oracles_by_label

EPSILON = 1e-7


def limited(p, closest):
    """Shares within what a logarithm is taken of; `closest` is the number below 1 that counts."""
    return np.clip(p.astype("float64"), EPSILON, closest)


def losses(p, t):
    below_1 = float(np.float32(1) - np.float32(EPSILON))
    p, t = p.astype("float64"), t.astype("float64")

    def binary(p):
        return -(t * np.log(limited(p, below_1)) + (1 - t) * np.log(float(1) - limited(p, below_1)))

    def categorical(p):
        shares = p / np.sum(p, axis=1, keepdims=True)
        return -np.sum(t * np.log(limited(shares, below_1)), axis=1)

    found = {
        "right": binary(t),
        "binary": binary(p),
        "categorical": categorical(p),
        "categorical_right": categorical(t),
        "sparse": categorical(p),
    }
    return {label: half(value) for label, value in found.items()}


def logits(x, t):
    x, t = x.astype("float64"), t.astype("float64")
    logs = special.log_softmax(x, axis=1)
    found = {
        "binary": np.logaddexp(0, x) - x * t,
        "categorical": -np.sum(t * logs, axis=1),
        "sparse": -logs[np.arange(4), [0, 1, 2, 1]],
        "softmax": np.exp(logs),
        "softplus": np.logaddexp(0, x),
    }
    return {label: half(value) for label, value in found.items()}


def normalized(x):
    x = x.astype("float64")
    mean, variance = np.mean(x, axis=0), np.var(x, axis=0)
    lengths = np.sqrt(np.sum(x * x, axis=0))
    found = {
        "trained": (x - mean) / np.sqrt(variance + EPSILON),
        "mean": mean,
        "variance_of_few": variance[:5],
        "given": (x[:, :5] - half(mean[:5])) / np.sqrt(1e-5),
        "length": x / np.where(lengths == 0, 1, lengths),
        "length_of_zeros": x * 0,
        "deviation": np.sqrt(variance),
        "variance_of_all": np.var(half(x / 10).astype("float64")),
    }
    return {label: half(value) for label, value in found.items()}


def accumulated(x):
    half_count = COUNT // 2
    found = {
        "sum": COUNT,
        "sum_along": [half_count] * 2,
        "mean": 1,
        "variance": 0,
        "dot": [[half_count] * 2] * 2,
        "batch_dot": [[half_count]] * 2,
        "convolution": [[[[COUNT]]]],
        "average": np.ones((1, 1, 1, COUNT // 64)),
        "length": x,
        "softmax": x,
        "loss": np.log(COUNT),
        "bias": [4, 4, 2],  # each element goes to two sums; the first two are a bias of two more
    }
    return {label: half(value) for label, value in found.items()}


def heard(p):
    p = p.astype("float64")
    found = {
        "batch_cost": [[-np.log(probability(normalised(p), (0, 1)))]],
        "cost": cost("", p, np.array([0, 1]))["value/cost"],
        "paths": np.log(through(p, [-1, 0, -1], 1e-4)[:, 1]),
        "decoded": [greedy(p, 3)[1]],
    }
    return {f"value/{label}": half(value) for label, value in found.items()}


FORMULAS = {"losses": losses, "logits": logits, "normalized": normalized, "accumulated": accumulated, "heard": heard}
PROGRAMS = {"halves-draws": lambda: {"value/facts": np.full(4, True)}}
ORACLES = oracles_by_label([case for case in CASES if case.name not in PROGRAMS], FORMULAS) | PROGRAMS
