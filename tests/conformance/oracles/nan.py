"""What NumPy and SciPy make of nan, and by hand what chooses or orders."""

from __future__ import annotations

import numpy as np
from scipy import special

from harness.worker.conformance.cases.nan import CASES
from tests.conformance.oracles.inputs import oracles_by_label

NAN, INF = np.nan, np.inf


def elementwise(x):
    ordinary = {name: getattr(np, name) for name in ("abs", "exp", "square", "sign", "sin", "cos", "tanh")}
    found = {name: function(x) for name, function in ordinary.items()}
    leaky = np.where(x < 0, x / 4, x)
    return found | {
        "log": [NAN, 0, NAN, -INF, np.log(0.5)],
        "sqrt": [NAN, 1, 0, 0, np.sqrt(0.5)],
        "round": [NAN, 1, -2, 0, 0],
        "sigmoid": special.expit(x),
        "hard_sigmoid": [NAN, 0.7, 0.1, 0.5, 0.6],
        "softplus": np.log1p(np.exp(x)),
        "softsign": x / (1 + np.abs(x)),
        "relu": [NAN, 1, 0, 0, 0.5],
        "elu": [NAN, 1, np.expm1(-2.0), 0, 0.5],
        "leaky": leaky,
        "capped": [NAN, 0.5, 0, 0, 0.5],
        "leaky_and_capped": [NAN, 0.5, -0.5, 0, 0.5],
        "clip": [NAN, 0.5, -1, 0, 0.5],
        "clip_below": [NAN, 1, -1, 0, 0.5],
        "clip_endless": x,
        "larger": [NAN, 1, 0, 0, 0.5],
        "larger_of_number": [NAN, 1, 0, 0, 0.5],
        "smaller": [NAN, 0, -2, 0, 0],
        "smaller_of_number": [NAN, 0, -2, 0, 0],
        "larger_than_nan": [NAN] * 5,
        "smaller_than_nan": [NAN] * 5,
        "cube": x * x * x,
        "power_of_0": [1.0] * 5,
        "root": [NAN, 1, NAN, 0, np.sqrt(0.5)],
        "of_1": [1.0] * 5,
        "of_2": np.exp2(x),
        "negative": -x,
        "is_nan": np.full(5, False),
        "is_not_nan": np.full(5, True),
        "above": np.array([False, True, False, False, True]),
        "below": np.array([False, False, True, True, False]),
        "cast": [1.0, 1.0, 1.0, 0.0, 1.0],
        "chosen": [NAN, 3, 3, 0, 3],
        "chosen_by_order": [1, 1, 1, 1, 0.5],
        "dropout": x,
        "stopped": x,
    }


def rows(x):
    whole = np.array([3.0, 1.0, 2.0])
    shares = np.exp(whole) / np.sum(np.exp(whole))

    def only(value):
        """By rows: nan but for the one without a nan."""
        return np.array([NAN, NAN, NAN, NAN, value, NAN])

    def only_row(row):
        return np.where(np.arange(6)[:, None] == 4, row, NAN)

    return {
        "max": only(3),
        "min": only(1),
        "sum": only(6),
        "prod": only(6),
        "mean": only(2),
        "var": only(2 / 3),
        "std": only(np.sqrt(2 / 3)),
        "max_of_all": NAN,
        "min_of_all": NAN,
        "sum_of_all": NAN,
        "mean_of_all": NAN,
        "max_down": [[NAN] * 3],
        "min_down": [[NAN] * 3],
        "argmax": np.array([0, 1, 2, 0, 0, 0]),
        "argmin": np.array([0, 1, 2, 0, 1, 0]),
        "argmax_down": np.array([0, 1, 2]),
        "any": np.full(6, True),
        "all": np.array([False, False, False, True, False, True]),
        "softmax": only_row(shares),
        "length": only_row(whole / np.sqrt(14)),
        "best": np.array([False, False, False, False, True, False]),
        "best_two": np.array([False, False, False, False, True, False]),
        "folded": [NAN] * 3,
    }


def losses(x):
    """The fifth row is whole."""
    whole = x[4]
    shares, logs = whole / 6, whole - np.log(np.sum(np.exp(whole)))
    quarters = x / 4

    def only(value):
        return np.array([NAN, NAN, NAN, NAN, value])

    return {
        "categorical": only(-np.mean(np.log(shares))),
        "categorical_of_logits": only(-np.mean(logs)),
        "sparse": only(-np.log(shares[0])),
        "sparse_of_logits": only(-logs[0]),
        "binary": -(np.log(quarters) + 2 * np.log1p(-quarters)) / 3,
        "binary_of_logits": np.log1p(np.exp(x)) - x / 3,
    }


def pooling(x):
    largest = np.array([[3.0, 4.0], [-INF, 8.0]])
    averages = np.array([[NAN, NAN], [NAN, 3.0]])
    # windows of three places from 0 and from 2, of which the second has one beyond the border
    same = np.array([[5.0, 6.0], [5.0, 8.0]])
    return {
        "largest": largest.reshape(1, 2, 2, 1),
        "largest_same": same.reshape(1, 2, 2, 1),
        "average": averages.reshape(1, 2, 2, 1),
        "volumes": largest.reshape(1, 1, 2, 2, 1),
    }


def folds(x, y):
    with np.errstate(all="ignore"):
        return folded(x, y)


def folded(x, y):
    """As it is written; NumPy simplifies nothing. A matrix times zeros is nan where a row holds what is not finite."""
    inside = (y > 0).astype(float)
    whole = np.where(np.isnan(x), NAN, np.where(x == 0, NAN, np.floor_divide(x, np.where(x == 0, 1, x))))
    of_row = np.array([[NAN, NAN], [0.0, 0.0]])
    return {
        "equal": x == x,
        "not_equal": x != x,
        "greater": x > x,
        "greater_equal": x >= x,
        "lesser": x < x,
        "lesser_equal": x <= x,
        "equal_sums": x + y == x + y,
        "difference": x - x,
        "quotient": x / x,
        "remainder": np.where(np.isfinite(x) & (x != 0), 0, NAN),
        "whole": np.where(np.isinf(x), NAN, whole),
        "times_0": x * 0,
        "of_0": 0 / x,
        "by_0": x / np.zeros(6),
        "less_0": 0 - x * 0,
        "sum_less_part": (x + y) - y,
        "sum_less_itself": (x + y) - (x + y),
        "sum_by_itself": (x + y) / (x + y),
        "difference_plus": (x - y) + y,
        "product_by_factor": x * y / y,
        "products_less": x * y - x * y,
        "quotient_times": x / y * y,
        "square_by_root": x * x / x,
        "number_less": (x + 3) - x,
        "number_by": x * 3 / x,
        "inverse_of_inverse": x * x + 1,
        "spread_out": x * (y - 1) + x,
        "sums_of_products": x * 2 + x * y,
        "larger": x,
        "smaller": x,
        "zeros": np.array([NAN, 0.0]),
        "matrix_of_zeros": of_row,
        "zeros_like": np.zeros(6) * y,
        "masked": x * inside,
        "masked_sum": NAN,
    }


def gradients():
    """0 at what is not chosen; the rows without a nan have one largest and one smallest."""
    first = np.array([[NAN, 1, 2], [1, NAN, 2], [1, 2, NAN], [NAN] * 3, [3, 1, 2.0]])
    above, alone = (first > 1.5).astype(float), np.zeros((5, 3))
    largest, smallest = alone.copy(), alone.copy()
    largest[4, 0] = smallest[4, 1] = 1
    return {
        "gradient/max": largest,
        "gradient/min": smallest,
        "gradient/maximum": above,
        "gradient/maximum_of_number": above,
        "gradient/minimum": (first < 1.5).astype(float),
        "gradient/clip": (first == 1).astype(float),
        "gradient/relu": (first > 0).astype(float),
        "gradient/switch": np.where(first > 1.5, 1.0, 2.0),
        "gradient/power_of_0": alone,
        "gradient/behind_max": np.where(np.isnan(first), NAN, 0),
    }


FORMULAS = {
    "elementwise": elementwise,
    "rows": rows,
    "losses": losses,
    "pooling": pooling,
    "folds": folds,
}
PROGRAMS = {"nan-gradients": gradients}
ORACLES = oracles_by_label([case for case in CASES if case.name not in PROGRAMS], FORMULAS) | PROGRAMS
