"""What the cases must give, from formulas in plain NumPy and SciPy that share no code with any engine.

`ALL` maps a case to a function without arguments that computes its results, label -> array; gradients are in it only
where finite differences cannot tell them. A family's module gives `ORACLES` in the same form; every module here is
found, there is no list of them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

import numpy as np

ALL: dict[str, Callable[[], dict[str, np.ndarray]]] = {
    name: oracle
    for found in pkgutil.iter_modules(__path__)
    for name, oracle in getattr(importlib.import_module(f"oracles.{found.name}"), "ORACLES", {}).items()
}
