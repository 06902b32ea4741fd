"""Limits by hand; what NumPy and SciPy have of them from there."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from harness.worker.conformance.cases.infinities import CASES, ROWS
from tests.conformance.oracles.inputs import oracles_by_label

NAN, INF = np.nan, np.inf


def elementwise(x):
    size = [INF, INF, 0, 2, 0.5]
    rectified = [INF, 0, 0, 2, 0]
    return {
        "abs": size,
        "exp": [INF, 0, 1, math.exp(2), math.exp(-0.5)],
        "square": [INF, INF, 0, 4, 0.25],
        "round": [INF, -INF, 0, 2, 0],
        "sign": [1.0, -1.0, 0.0, 1.0, -1.0],
        "tanh": np.tanh(x),
        "sigmoid": special.expit(x),
        "hard_sigmoid": [1, 0, 0.5, 0.9, 0.4],
        "softplus": np.logaddexp(0, x),
        "softsign": [1, -1, 0, 2 / 3, -1 / 3],
        "relu": rectified,
        "elu": [INF, -1, 0, 2, math.expm1(-0.5)],
        "sqrt": [INF, 0, 0, math.sqrt(2), 0],
        "log": [INF, INF, -INF, math.log(2), math.log(0.5)],
        "elu_of_3": [INF, -3, 0, 2, 3 * math.expm1(-0.5)],
        "leaky": [INF, -INF, 0, 2, -0.125],
        "capped": [1.5, 0, 0, 1.5, 0],
        "capped_endlessly": rectified,
        "leaky_and_capped": [1.5, -INF, 0, 1.5, -0.125],
        "of_sum": [INF, 0, 1, 3, 0.5],
        "clip": [1.5, -1, 0, 1.5, -0.5],
        "clip_above": [1.5, -INF, 0, 1.5, -0.5],
        "clip_below": rectified,
        "clip_one_side": rectified,
        "larger": rectified,
        "larger_of_number": rectified,
        "smaller": [0, -INF, 0, 0, -0.5],
        "larger_than_least": x,
        "smaller_than_largest": x,
        "square_by_power": [INF, INF, 0, 4, 0.25],
        "cube": [INF, -INF, 0, 8, -0.125],
        "inverse": [0, 0, INF, 0.5, 2],
        "quotient": [0, 0, INF, 0.5, 2],
        "root": [INF, INF, 0, math.sqrt(2), math.sqrt(0.5)],
        "inverse_root": [0, 0, INF, math.sqrt(0.5), math.sqrt(2)],
        "power_of_0": [1.0] * 5,
        "of_2": [INF, 0, 1, 4, math.sqrt(0.5)],
        "of_half": [0, INF, 1, 0.25, math.sqrt(2)],
        "of_1": [1.0] * 5,
        "negative": [-INF, INF, 0, -2, 0.5],
        "difference": [NAN, -INF, -INF, -INF, -INF],
        "by_largest": [NAN, 0, 0, 0, 0],
        "is_largest": np.array([True, False, False, False, False]),
        "same": np.full(5, True),
        "above": np.array([True, False, False, True, False]),
        "cast": [1.0, 1.0, 0.0, 1.0, 1.0],
        "chosen": rectified,
        "log_of_share": special.log_expit(x),
        "log_of_sum": np.logaddexp(0, x),
        "exp_of_log": size,
    }


def rows(x):
    first = np.exp([0.0, 1.0, 2.0]) * [0, 1, 1]
    return {
        "max": [INF, 2, INF, -INF, INF],
        "min": [1, -INF, -INF, -INF, 1],
        "sum": [INF, -INF, NAN, -INF, INF],
        "prod": [INF, -INF, NAN, -INF, INF],
        "mean": [INF, -INF, NAN, -INF, INF],
        "var": [NAN] * 5,
        "argmax": np.array([0, 2, 0, 0, 0]),
        "argmin": np.array([1, 0, 1, 0, 2]),
        "least_of_all": -INF,
        "softmax": [[NAN] * 3, first / np.sum(first), [NAN] * 3, [NAN] * 3, [NAN] * 3],
        "any": np.full(5, True),
        "length": [[NAN, 0, 0], [NAN, 0, 0], [NAN, NAN, 0], [NAN] * 3, [NAN, NAN, 0]],
        "powers": [math.exp(-1) + math.exp(-2)] * 2 + [1, 0, math.exp(-1)],
        "largest_relu": [INF, 2, INF, 0, INF],
    }


def losses(x, y):
    one, two, three = (1 - np.logaddexp(1, 2), 2 - np.logaddexp(1, 2), 0.5 - np.logaddexp(0.5, 1))
    shares = np.array([[0, math.exp(one), math.exp(two)], [0, 0, 1], [math.exp(three), -math.expm1(three), 0]])
    limited = np.log(np.clip(shares, 1e-7, 1 - 1e-7))
    return {
        "categorical": [-0.25 * one - 0.75 * two, 0, -three],
        "sparse": [-one, 0, -three],
        "impossible": [INF] * 3,
        "shares": shares,
        "of_shares": -np.sum(y * limited, axis=1),
    }


def windows(x, y):
    largest = np.array([[INF, -INF], [0, 8]])
    padded = np.zeros((6, 6))
    padded[1:5, 1:5] = x
    # each channel times its two factors, then the sum of all four
    depthwise = y[:, :, 0] * 1.5 + y[:, :, 1] * 3
    return {
        "largest": largest.reshape(1, 2, 2, 1),
        "largest_of_relu": np.array([[INF, 0], [0, 8]]).reshape(1, 2, 2, 1),
        "volumes": largest.reshape(1, 1, 2, 2, 1),
        "padded": padded.reshape(1, 6, 6, 1),
        "resized": np.repeat(x, 2, axis=0).reshape(1, 8, 4, 1),
        "depthwise": depthwise.reshape(1, 2, 2, 1),
    }


def gradients():
    x = ROWS
    above = (x > 0).astype(float)
    finite = np.where(np.isinf(x), 0.0, x)
    within = ~np.isinf(x)
    largest = [[1, 0, 0], [0, 0, 1], [1, 0, 0], [1 / 3] * 3, [0.5, 0.5, 0]]
    smallest = [[0, 1, 0], [1, 0, 0], [0, 1, 0], [1 / 3] * 3, [0, 0, 1]]
    # the square of the largest doubles it; an infinity's gradient is infinite where it is chosen
    behind = [[INF, 0, 0], [0, 0, 4], [INF, 0, 0], [-INF] * 3, [INF, INF, 0]]
    found = {
        "relu": above,
        "leaky": np.where(x > 0, 1, np.where(x < 0, 0.25, 0)),
        "capped": ((x > 0) & (x <= 1.5)).astype(float),
        "clip": ((x >= -1) & (x <= 1.5)).astype(float),
        "maximum": above,
        "max": largest,
        "min": smallest,
        "behind_max": behind,
        "behind_relu": np.where(x > 0, 2 * x, 0),
        "tanh": np.where(within, 1 / np.cosh(finite) ** 2, 0),
        "sigmoid": np.where(within, special.expit(finite) * special.expit(-finite), 0),
        "softplus": special.expit(x),
        "softsign": np.where(within, 1 / (1 + np.abs(finite)) ** 2, 0),
        "elu": np.where(x > 0, 1.0, np.exp(np.minimum(x, 0))),
        "exp": np.where(x <= 0, np.exp(np.minimum(x, 0)), 0),
    }
    return {f"gradient/{name}": np.asarray(value, dtype=float) for name, value in found.items()}


FORMULAS = {"elementwise": elementwise, "rows": rows, "losses": losses, "windows": windows}
PROGRAMS = {"infinities-gradients": gradients}
ORACLES = oracles_by_label([case for case in CASES if case.name not in PROGRAMS], FORMULAS) | PROGRAMS
