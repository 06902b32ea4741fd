"""Python's numbers, which have no dtype; that of a result is what the limit asks for."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.float_limits import CASES
from tests.conformance.oracles.inputs import oracles_of

WHOLE = {  # integers beside integers stay what they are
    "clip_integers": lambda x: min(max(x, 0), 2),
    "capped_by_integer": lambda x: min(max(x, 0), 6),
    "leaky_by_integer": lambda x: x if x > 0 else 2 * x,
}
FLOATS = {
    "clip": lambda x: min(max(x, 0.0), 1.5),
    "clip_low": lambda x: min(max(x, 0.5), 3),
    "clip_high": lambda x: min(max(x, 0), 1.5),
    "clip_one_side": lambda x: max(x, 0.5),
    "clip_endless": lambda x: max(x, 0),
    "clip_whole_float": lambda x: min(max(x, 0.0), 2.0),
    "clip_turned": lambda x: 2.5,
    "maximum": lambda x: max(x, 0.5),
    "maximum_of_number": lambda x: max(x, 0.5),
    "minimum": lambda x: min(x, 1.5),
    "capped": lambda x: min(max(x, 0), 2.5),
    "capped_endlessly": lambda x: max(x, 0),
    "leaky": lambda x: x if x > 0 else x / 2,
    "leaky_and_capped": lambda x: min(x, 6) if x > 0 else x / 2,
    "chosen": lambda x: x if x > 1 else 0.5,
    "plus": lambda x: x + 0.5,
    "times": lambda x: x / 2,
}
BOOLS = {
    "above": lambda x: x > 0.5,
    "below": lambda x: x <= 1.5,
    "equal": lambda x: x == 1.5,
}
OF_FLAGS = {
    "clip": [0.5, 0.25, 0.5],
    "maximum": [1, 0.5, 1],
    "capped": [0.5, 0, 0.5],
    "chosen": [1.5, 0.5, 1.5],
    "above": [True, False, True],
}


def of_case(name, x):
    if name.endswith("bool"):
        kinds = {label: bool if label == "above" else float for label in OF_FLAGS}
        return {f"value/{label}": np.array(value, kinds[label]) for label, value in OF_FLAGS.items()}
    groups = ((WHOLE, x.dtype), (FLOATS, float), (BOOLS, bool))
    return {
        f"value/{label}": np.array([function(int(number)) for number in x], dtype)
        for formulas, dtype in groups
        for label, function in formulas.items()
    }


ORACLES = oracles_of(CASES, of_case)
