"""Each form is taken."""

from __future__ import annotations

import numpy as np

from harness.worker.conformance.cases.array_forms import FORMS

DTYPES = ("float32", "float64", "int32", "int64", "uint8", "bool")
ORACLES = {"array_forms": lambda: {f"value/{dtype}": np.full(len(FORMS), True) for dtype in DTYPES}}
