"""What the programs on variables must leave behind: by hand, and training steps in plain NumPy."""

from __future__ import annotations

import math

import numpy as np

from harness.worker.conformance.cases.state import BATCH_SIZES, BODIES, RATES, A, B, batch
from harness.worker.conformance.forms import as_input, draw
from tests.conformance.oracles.images import to_first_largest

# variables hold their first values as they are, not rounded to float32


def swap():
    return {
        "value/first_a": A,
        "value/first_doubled_b": 2 * B,
        "update/first_a": B,
        "update/first_b": A,
        "value/second_a": B,
        "value/second_doubled_b": 2 * A,
        "update/second_a": A,
        "update/second_b": B,
    }


def old_values():
    return {
        "value/first": A + B,
        "value/second": (A + 1) + 10 * A,
        "update/a": A + 2,
        "update/b": 10 * (A + 1),
    }


def no_outputs():
    return {"value/outputs": np.array([0, 0, 0]), "update/a": A - 1.5, "update/count": np.array(3.0)}


def values():
    return {
        "value/before": A,
        "value/doubled": 2 * B,
        "update/a": B,
        "update/n": np.array([3, 2, 1, 0], "int32"),
    }


def in_batches():
    updates = {"used": A, "new": B, "used_again": A, "new_after": A, "used_after": B}
    return {"value/total": B + 2 * A, "value/none": np.array(0)} | {
        "update/" + name: array for name, array in updates.items()
    }


def shared():
    return {"value/total": np.sum(B), "value/a": B}


def fed_through():
    return {"value/same": np.arange(6.0).reshape(3, 2), "value/two": np.full((3, 2), 2.0)}


def set_apart():
    numbers = {"first": 0.0, "second": 5.0, "given": 5.0, "before": 1.0, "read": 5.0}
    return {"value/" + name: np.full((2, 3), number) for name, number in numbers.items()}


def batches():
    kernel = draw(4, 2, seed=82)
    results = {}
    for size in BATCH_SIZES:
        x = as_input(draw(size, 4, seed=83), "float64")
        results[f"value/of_{size}"] = np.mean((x @ kernel) ** 2, axis=1)
        results[f"gradient/kernel_of_{size}"] = x.T @ (x @ kernel)
    return results


def inner_gradient():
    hidden = np.tanh(as_input(draw(2, 3, seed=84), "float64"))
    return {"gradient/hidden": 2 * hidden**2, "gradient/x": 2 * hidden**2 * (1 - hidden**2)}


def before_pooling():
    """Twice the largest, where it is; nothing where the relu is flat."""
    x = as_input(draw(1, 2, 2, 4, seed=87), "float64")
    hidden = np.maximum(x, 0.0)
    gradient = to_first_largest(hidden, 2 * hidden.reshape(1, 2, 1, 2, 2, 2).max(axis=(3, 5)))
    return {"gradient/hidden": gradient, "gradient/x": gradient * (x > 0)}


def rmsprop(p, g, state):
    (a,) = state or [0.0]
    a = 0.9 * a + 0.1 * g**2
    return p - 0.01 * g / np.sqrt(a + 1e-6), [a]


def forgetful(p, g, state):
    return p - 0.01 * g / np.sqrt(g**2 + 1e-6), [g**2]


def adadelta(p, g, state):
    a, d = state or [0.0, 0.0]
    a = 0.95 * a + 0.05 * g**2
    u = g * np.sqrt(d + 1e-6) / np.sqrt(a + 1e-6)
    return p - u, [a, 0.95 * d + 0.05 * u**2]


def adam(p, g, state):
    t, m, v = state or [0.0, 0.0, 0.0]
    t, m, v = t + 1, 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    corrected_m, corrected_v = m / (1 - 0.9**t), v / (1 - 0.999**t)
    # the epsilon of the formula stands beside the uncorrected root
    return p - 0.01 * corrected_m / (np.sqrt(corrected_v) + 1e-8 / math.sqrt(1 - 0.999**t)), [t, m, v]


def plain(p, g, state):
    return p - 0.1 * g, []


# the order in which each optimizer's case lists its updates: -1 is the weight, the others places in its state
OPTIMIZERS = {
    "descent": (plain, [-1]),
    "rmsprop": (rmsprop, [0, -1]),
    "forgetful": (forgetful, [0, -1]),
    "adadelta": (adadelta, [0, -1, 1]),
    "adam": (adam, [0, 1, 2, -1]),
}


def training(optimizer: str, of_rows: bool):
    """Ten steps of regression; the gradient by hand."""
    step, order = OPTIMIZERS[optimizer]
    weight, state, losses = draw(5, 3, seed=85), [], []
    for seed in range(10):
        x, y = batch(of_rows, seed, "float64")
        x = np.eye(5)[x] if of_rows else x
        error = x @ weight - y
        losses.append(np.mean(error**2))
        weight, state = step(weight, 2 * x.T @ error / error.size, state)
    held = [*state, weight]
    results = {f"update/{place}": np.asarray(held[source]) for place, source in enumerate(order)}
    return {"value/losses": np.array(losses), **results}


def interrupted(optimizer: str):
    """Five steps; the first accumulator of the weight's shape becomes 0.5, then 0.25, then all of them 0."""
    step, _ = OPTIMIZERS[optimizer]
    first = 1 if optimizer == "adam" else 0  # behind adam's count of steps
    weight, state, results = draw(5, 3, seed=86), [], {}
    for place in range(5):
        weight, state = step(weight, as_input(draw(5, 3, seed=300 + place), "float64"), state)
        results[f"update/accumulator_{place}"] = state[first]
        if place < 2:
            state[first] = np.full((5, 3), 0.5 / (place + 1))
        if place == 2:
            state[first:] = [np.zeros((5, 3)) for _ in state[first:]]
        if place == 3:
            results["value/total"] = np.sum(state[first])
    return {**results, "update/weight": weight}


def resting(optimizer: str):
    """Steps at rates of their own: of what each step would take off the weight, `rate / usual` times as much."""
    step, order = OPTIMIZERS[optimizer]
    usual = 1.0 if optimizer == "adadelta" else 0.01
    weight, state, results = draw(5, 3, seed=88), [], {}
    for place, rate in enumerate(RATES):
        moved, state = step(weight, as_input(draw(5, 3, seed=400 + place), "float64"), state)
        weight = weight + (moved - weight) * rate / usual
        held = [*state, weight]
        results.update({f"update/{place}_{each}": np.asarray(held[source]) for each, source in enumerate(order)})
    return results


# The oracle of a body has its name.
ORACLES = {"state-" + body.__name__: globals()[body.__name__] for body in BODIES}
for _name in OPTIMIZERS:
    ORACLES["state-training-" + _name] = lambda name=_name: training(name, False)
    ORACLES["state-training-rows-" + _name] = lambda name=_name: training(name, True)
for _name in ("rmsprop", "adadelta", "adam"):
    ORACLES["state-interrupted-" + _name] = lambda name=_name: interrupted(name)
    ORACLES["state-resting-" + _name] = lambda name=_name: resting(name)
