"""What the cases must give, from formulas in plain NumPy and SciPy that share no code with any engine.

`ALL` maps a case to a function without arguments that computes its results, label -> array; gradients are in it only
where finite differences cannot tell them. A family's module gives `ORACLES` in the same form.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from oracles import draws, dtypes, elementwise, images, neural, recurrence, reductions, shaping, state

ALL: dict[str, Callable[[], dict[str, np.ndarray]]] = {
    name: oracle
    for family in (draws, dtypes, elementwise, images, neural, recurrence, reductions, shaping, state)
    for name, oracle in family.ORACLES.items()
}
