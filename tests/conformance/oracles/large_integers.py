"""What is right is told by the cases, in Python's integers."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.large_integers import CASES, FUNCTIONS
from tests.conformance.oracles.inputs import oracles_by_label


def classes(x, y):
    return {
        "one_hot": np.array([[0, 1, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]], "int32"),
        "best": np.array([True, False, False, False]),
        "loss": np.array([-np.log(0.5), 0, 0, 0]),
    }


ORACLES = {
    "large_integers-exact": lambda: {f"value/{name}": np.array(True) for name in FUNCTIONS},
    "large_integers-states": lambda: {"value/facts": np.full(3, True)},
} | oracles_by_label(CASES[2:], {"classes": classes})
