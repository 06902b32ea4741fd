"""Each is refused; what is not, by NumPy's own indexing."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.indices import BAD, CASES, TABLE
from harness.worker.conformance.forms import as_input
from tests.conformance.oracles.inputs import oracles_by_label

FED = ("fed", "matrix", "of_floats", "computed", "open", "one", "vector", "integers", "gradient")


def ways():
    found = {f"value/{label}": np.full(4, True) for label in FED}
    found |= {f"value/{label}": np.full(len(BAD), True) for label in ("constant", "variable")}
    return found | {"value/right": as_input(TABLE, "float64")[[2, 0, 2]]}


def in_a_step(x, table, h):
    total, outputs = h, []
    for time, numbers in enumerate(np.moveaxis(x[..., 0], 1, 0)):
        total = total + table[numbers] * table[time]
        outputs.append(total)
    return {"last": total, "outputs": np.stack(outputs, 1), "state": total}


def refused_in_a_step():
    counts = {"element": 4, "state": 1, "mapped": 4, "folded": 4}
    return {f"value/{label}": np.full(count, True) for label, count in counts.items()}


def classes(p, t, wide, x):
    logs = np.log(p / p.sum(1, keepdims=True))
    nothing = np.zeros(3)
    return {
        "hot": np.array([[0.0, 1.0, 0.0], nothing, nothing, nothing]),
        "hot_wide": np.array([[0.0, 0.0, 1.0], nothing, nothing, nothing]),
        "top": np.array([True, False, False, False]),
        "top_wide": np.array([True, False, False, False]),
        "loss": np.array([-logs[0, 1], 0.0, 0.0, 0.0]),
        "loss_wide": np.array([-logs[0, 2], 0.0, 0.0, 0.0]),
        "loss_of_floats": np.array([-logs[0, 0], 0.0, 0.0, 0.0]),
    }


PROGRAMS = {"indices-ways": ways, "indices-refused_in_a_step": refused_in_a_step}
FORMULAS = {"in_a_step": in_a_step, "classes": classes}
ORACLES = oracles_by_label([case for case in CASES if case.name not in PROGRAMS], FORMULAS) | PROGRAMS
