"""What is right is told by the cases; the errors are all raised."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.empty import BATCH, CONVOLUTIONS, TOTALS


def right(functions):
    return {f"value/{name}": np.array([True, True]) for name in functions}


ORACLES = {
    "empty-batches": lambda: right(BATCH),
    "empty-convolutions": lambda: right(CONVOLUTIONS),
    "empty-totals": lambda: right(TOTALS),
    "empty-errors": lambda: {
        "value/refused": np.full(5, True),
        "value/held": np.zeros((0, 3)),
        "value/eye": np.zeros((0, 0)),
    },
}
