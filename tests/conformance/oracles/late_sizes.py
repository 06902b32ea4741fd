"""All of them are mistakes."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.late_sizes import MISTAKES

ORACLES = {
    "late_sizes-refused": lambda: {f"value/{each}": np.full(len(MISTAKES[each]), True) for each in MISTAKES},
    "late_sizes-updates": lambda: {
        "value/refused": np.full(4, True),
        "update/after": np.full((2, 1), 2.0),
    },
}
