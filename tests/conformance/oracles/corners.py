"""Derivatives by hand."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.corners import CASES, SECOND, ZEROS
from tests.conformance.oracles.inputs import oracles_by_label, weights

THIRD = 1 / 3


def first():
    x = ZEROS
    nothing, ones = np.zeros((4, 3)), np.ones((4, 3))
    above, size = (x > 0).astype(float), np.abs(x)
    signs = np.sign(x)
    others = np.array([[8.0, 0, 0], [0, 0, 0], [0, 0, 0], [-1, 0.5, -2]])
    product = np.array([0, 0, 0, 1.0])[:, None]
    # of x + 1, whose last row is 0, 3, 0.5
    down = [[0, 3, 2], [0, 9, 2.5], [0, 9, 10], [1, 3, 20]]
    lengths = np.sqrt(np.sum(x * x, axis=1, keepdims=True))
    return {
        "power_0": nothing,
        "power_0_float": nothing,
        "power_of_zeros": nothing,
        "power_1": ones,
        "power_of_ones": ones,
        "power_2": 2 * x,
        "power_3": 3 * x * x,
        "power_of_threes": 3 * x * x,
        "root": 1.5 * np.sqrt(size) * signs,
        "exponent_of_0": nothing,
        "exponent_of_1": nothing,
        "exponent_of_negative": nothing,
        "exponent_of_itself": 2 * x,
        "product": others,
        "product_down": down,
        "product_of_all": np.where(np.arange(4)[:, None] == 3, others, 0),
        "product_squared": 2 * product * others,
        "sqrt": np.where(x > 0, 0.5 / np.sqrt(np.where(x > 0, x, 1)), 0),
        "sqrt_of_square": signs,
        "length": x / np.where(lengths == 0, 1, lengths),
        "abs": signs,
        "sign": nothing,
        "round": nothing,
        "relu": above,
        "relu_to_2": ((x > 0) & (x <= 2)).astype(float),
        "clip": ((x >= 0) & (x <= 2)).astype(float),
        "maximum": (x >= 2).astype(float),
        "maximum_of_number": (x > 2).astype(float),
        "minimum": (x <= 0).astype(float),
        "minimum_of_number": (x < 0).astype(float),
        "maximum_of_itself": ones,
        "softsign": 1 / (1 + size) ** 2,
        "elu": np.where(x > 0, 1, np.exp(np.minimum(x, 0))),
        "chosen": np.where(x > 0, 1 / np.where(x > 0, x, 1), 1),
    }


def tied():
    spread = np.sqrt(2) / 3  # of 2, 2, 1 and of -1, -1, 0
    return {
        "max": [[0.5, 0.5, 0], [THIRD] * 3, [0, 0, 1]],
        "min": [[0, 0, 1], [THIRD] * 3, [0.5, 0.5, 0]],
        "max_of_all": [[0.5, 0.5, 0], [0] * 3, [0] * 3],
        "min_down": [[0] * 3, [0] * 3, [1, 1, 1]],
        "deviation": [
            [1 / 9 / spread, 1 / 9 / spread, -2 / 9 / spread],
            [0] * 3,
            [-1 / 9 / spread] * 2 + [2 / 9 / spread],
        ],
        "deviation_of_same": np.zeros((3, 3)),
        "pooled": [[1, 0, 0], [0] * 3, [0] * 3],
        "zeros_of_length_1": np.zeros((3, 3)),
    }


def loops(x):
    first = (np.abs(x[:, 0]) + 1) ** x[:, 0]
    second = (np.abs(x[:, 1]) + 1) ** first
    outputs = [first + 2 ** x[:, 0], second + 2**first]
    return {"last": outputs[1], "unrolled": np.stack(outputs, axis=1)}


def stopped(x, y):
    factors = weights((3, 3))
    expected = {"gradient/x": 2 * x * y * factors - factors, "gradient/y": np.zeros((3, 3))}
    return {"product": x * x * y, "computed": y, **expected}


def gradients(found):
    return {f"gradient/{name}": np.asarray(value, dtype=float) for name, value in found.items()}


ORACLES = {
    "corners-first": lambda: gradients(first()),
    "corners-tied": lambda: gradients(tied()),
    "corners-second": lambda: {f"value/{name}": np.array(True) for name in [*SECOND, "product_of_unknown"]},
} | oracles_by_label(CASES[3:], {"loops": loops, "stopped": stopped})
