"""Derivatives by hand."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.gradients import BODIES, W, X
from harness.worker.conformance.forms import as_input
from tests.conformance.oracles.draws import true

x, w = as_input(X, "float64"), as_input(W, "float64")


def by_any_node():
    hidden = np.exp(x)
    product = hidden @ w
    by_product = 2 * product * x
    by_hidden = by_product @ w.T
    by_w = hidden.T @ by_product
    return {
        "gradient/x": by_hidden * hidden + product**2,
        "gradient/w": by_w,
        "gradient/hidden": by_hidden,
        "gradient/product": by_product,
        "gradient/loss": np.float64(1.0),
        "gradient/w_again": by_w,
        "gradient/alone": by_hidden,
    }


def unconnected():
    """The product counts as a constant."""
    return true("places", "all_of_them") | {"gradient/x": x @ w, "gradient/w": np.zeros((2, 2))}


def of_a_tensor():
    by_product = 2 * (x @ w)
    by_w = x.T @ by_product
    return {"gradient/x": by_product @ w.T, "gradient/w": by_w, "gradient/w_of_means": by_w / 2}


def several_losses():
    shared = np.tanh(x @ w)
    losses = (np.sum(shared**2), np.sum(np.exp(shared)), np.mean(x**2))
    flat = 1 - shared**2
    gradients = (
        x.T @ (2 * shared * flat),
        x.T @ (np.exp(shared) * flat),
        2 * x / x.size,
        (2 * shared * flat) @ w.T + 2 * x / x.size,
    )
    results = {f"value/loss_{place}": loss for place, loss in enumerate(losses)}
    return results | {f"gradient/{place}": gradient for place, gradient in enumerate(gradients)}


def in_expressions():
    weight, results = w, {}
    for call in range(2):
        gradient = 2 * x.T @ (x @ weight)
        norm = np.sqrt(np.sum(gradient**2))
        assert norm > 0.5
        results[f"value/loss_{call}"] = np.sum((x @ weight) ** 2)
        results[f"value/norm_{call}"], results[f"gradient/w_{call}"] = norm, gradient
        weight = weight - 0.05 * gradient / norm
        results[f"update/w_{call}"] = weight
    return results


def descent():
    weight, bias, losses = w, np.zeros(2), []
    for _ in range(4):
        error = x @ weight + bias - 1
        losses.append(np.mean(error**2))
        gradient = 2 * error / error.size
        weight, bias = weight - 0.5 * x.T @ gradient, bias - 0.5 * gradient.sum(axis=0)
    return {"value/losses": np.array(losses), "update/w": weight, "update/bias": bias}


def partly_stopped():
    return {"value/squares": x**2, "gradient/x": x}


def of_float64():
    """(1 + d)^2 / 2 + 2 - 5 / 2 = d and what a float64 does not hold; the variable itself."""
    return {"value/rest": np.float64(1.0), "gradient/beyond": np.array([1.0, 0.0])}


# The oracle of a body has its name.
ORACLES = {"gradients-" + body.__name__: globals()[body.__name__] for body in BODIES}
