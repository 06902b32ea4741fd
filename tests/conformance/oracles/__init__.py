"""What the cases must give, from formulas in plain NumPy and SciPy that share no code with any engine.

`ALL` maps a case to a function without arguments that computes its results, label -> array; gradients are in it only
where finite differences cannot tell them. A family gives `ORACLES` in the same form; every module here is found.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

import numpy as np

FAMILIES = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]

ALL: dict[str, Callable[[], dict[str, np.ndarray]]] = {
    name: oracle for family in FAMILIES for name, oracle in getattr(family, "ORACLES", {}).items()
}
