"""What each branch gives."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.phases import BODIES, MEAN, X
from harness.worker.conformance.forms import as_input
from tests.conformance.oracles.draws import true

x = as_input(X, "float64")


def fed():
    results = true("marked")
    for place, training in enumerate((False, True, True, False, True, False)):
        results[f"value/train_{place}"] = np.exp(x) if training else x**2
        results[f"value/test_{place}"] = x * 3 if training else x + 1
    return results


def nested():
    trained, tested = 7 * x + 1, 11 * x
    return {
        "value/outer_1": trained,
        "value/both_1": (7 * x) ** 2,
        "value/outer_0": tested,
        "value/both_0": np.exp(tested),
    }


def gradients():
    """Of sum e^2x, and of sum (2 y)^2 at y = 2 x."""
    nothing = np.zeros_like(x)
    return {
        "value/loss_1": np.sum(np.exp(2 * x)),
        "gradient/x_1": 2 * np.exp(2 * x),
        "gradient/y_1": nothing,
        "value/loss_0": np.sum(16 * x**2),
        "gradient/x_0": nothing,
        "gradient/y_0": 16 * x,
    }


def normalised():
    here = x.mean(axis=0)
    once = 0.75 * MEAN + 0.25 * here
    return {
        "value/trained": x - here,
        "update/mean": once,
        "value/tested": x - once,
        "value/updated_though_testing": x - once,
        "update/mean_again": 0.75 * once + 0.25 * here,
    }


def dropped():
    return true("whole", "numbers")


def in_formulas():
    results = true("one_phase")
    for phase in (0, 1):
        results[f"value/scaled_{phase}"] = x * (1 + phase)
        results[f"value/chosen_{phase}"] = x if phase else x**2
        results[f"value/phase_{phase}"] = np.array(phase, "uint8")
    return results


def fixed():
    values = {"train_1": x, "test_1": x**2, "train_0": x**2, "test_0": x}
    named = {"value/" + name: value for name, value in values.items()}
    return named | true("int_0", "int_1", "branch_0", "branch_1", "input_again")


# The oracle of a body has its name.
ORACLES = {"phases-" + body.__name__: globals()[body.__name__] for body in BODIES}
