"""Many short rows by NumPy, whose broadcasting, slicing and padding are the definition."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.many_rows import CASES
from tests.conformance.oracles.inputs import oracles_by_label


def cuts(x, y):
    return {
        "last": x[:, :, [1, 2]],
        "pairs": y[:, [2, 3]],
        "index": y.T[3],
        "inner": x[:, [3, 6, 9]],
        "inner_index": np.stack([each[5] for each in x]),
        "first_backwards": np.flipud(y),
        "inner_backwards": np.flip(x, (0, 1)),
        "last_backwards": np.flip(x, 2),
        "thrice": np.array([[row[:2] for row in each[1:]] for each in x[2:9]]),
    }


def joins(x, y):
    boxes = y.reshape(90, 3, 4)
    return {
        "widths": np.hstack([x, y, x]),
        "same": np.hstack([x, x]),
        "stack": np.stack([x, 2 * x], axis=1),
        "inner": np.concatenate([boxes, 2 * boxes], axis=1),
    }


def repeated(x, y):
    images = y.reshape(3, 9, 10, 4)
    return {
        "elements": np.repeat(x, 3, 1),
        "rows": np.stack([y] * 3, axis=1),
        "tile": np.tile(y, (1, 2)),
        "images": np.repeat(np.repeat(images, 2, 1), 3, 2),
        "channels_first": np.repeat(np.repeat(images, 2, 2), 3, 3),
        "volumes": np.repeat(np.repeat(x.reshape(2, 6, 8, 3, 3), 2, 1), 3, 3),
    }


def around(x, y):
    def with_zeros(array, *widths):
        return np.pad(array, widths)

    return {
        "last": np.pad(x, ((0, 0), (0, 0), (1, 2)), constant_values=0.5),
        "pairs": np.pad(y, ((1, 0), (2, 4)), constant_values=-1.5),
        "inner": with_zeros(y.reshape(90, 3, 4), (0, 0), (2, 2), (0, 0)),
        "images": with_zeros(y.reshape(3, 10, 9, 4), (0, 0), (1, 1), (2, 2), (0, 0)),
        "places": np.einsum("abc->bac", x),
        "of_four": np.einsum("abcd->cabd", y.reshape(9, 5, 6, 4)),
    }


def beside(x, v, cube, within):
    rows, lasting = np.tile(v, (270, 1)), np.repeat(within, 18, 1)
    boxes = x.reshape(27, 10, 2)
    return {
        "sum": x + rows,
        "difference": rows - x,
        "other_difference": x - rows,
        "product": x * rows,
        "quotient": x / rows,
        "other_quotient": rows / x,
        "power": np.exp(rows * np.log(x)),
        "larger": np.where(x > rows, x, rows),
        "smaller": np.where(x < rows, x, rows),
        "within_sum": cube + lasting,
        "within_product": cube * lasting,
        "both": boxes * x[:10] + boxes[:, :1],
    }


def compared(x, v):
    first, second = x.T
    nans = np.full(280, np.nan)
    names = {"equal": np.equal, "not_equal": np.not_equal, "greater": np.greater, "lesser_equal": np.less_equal}
    found = {name: np.stack([compare(first, v[0]), compare(second, v[1])], 1) for name, compare in names.items()}
    products = np.where(first == 0, np.nan, -np.inf)
    return found | {
        "infinite": np.stack([np.full(280, np.inf), nans], 1),
        "product": np.stack([products, nans], 1),
        "quotient": np.stack([first * 0, nans], 1),
    }


def sums(x, prime, cube):
    def variance(array, axis):
        return (array**2).mean(axis) - array.mean(axis) ** 2

    return {
        "first": np.ones(270) @ x,
        "kept": 2 * x.mean(0)[None],
        "prime": np.ones(263) @ prime / 263,
        "inner": np.einsum("abc->ac", cube),
        "two": np.einsum("abc->c", cube) / 288,
        "var": variance(x, 0),
        "std": np.sqrt(variance(cube, 1))[:, None],
    }


def in_images(x, kernel, bias):
    padded = np.pad(x, ((0, 0), (0, 1), (0, 1), (0, 0)))
    places = [(row, column) for row in range(2) for column in range(2)]
    convolved = sum(padded[:, row : row + 8, column : column + 7] @ kernel[row, column] for row, column in places)
    shifted = np.tanh(convolved + bias)
    joined = np.concatenate([shifted, convolved, shifted[..., 1:3]], 3)
    rows = joined.reshape(-1, 10)
    deviations = np.sqrt(rows.var(0) + 1e-3)
    return {
        "joined": joined,
        "scaled": shifted * bias,
        "padded": np.pad(convolved, ((0, 0), (1, 0), (0, 2), (2, 0)), constant_values=0.25),
        "normalized": 1.5 * (joined - rows.mean(0)) / deviations,
    }


def in_a_recurrence(x, v):
    state, outputs = np.zeros((80, 2)), []
    for time in range(3):
        state = np.tanh(x[:, time] * v - state / (v + 2))
        outputs.append(np.where(state > v, state, v))
    return {"last": outputs[-1], "outputs": np.stack(outputs, 1)}


def integers(x):
    wrapped = (x.astype("int64") + [100, -100] + 128) % 256 - 128
    truths = x > 3
    return {
        "sum": wrapped.astype("int8"),
        "joined": np.hstack([x, x**2, x]),
        "backwards": np.flipud(x),
        "truths": np.hstack([truths, truths]),
        "within": np.hstack([np.ones((270, 1), bool), truths]),
    }


FORMULAS = {
    "cuts": cuts,
    "joins": joins,
    "repeated": repeated,
    "around": around,
    "beside": beside,
    "compared": compared,
    "sums": sums,
    "in_images": in_images,
    "in_a_recurrence": in_a_recurrence,
    "integers": integers,
    "nothing_cut": lambda x: {"y": 2 * x},
}
ORACLES = oracles_by_label(CASES, FORMULAS)
