"""The inputs of the cases as the reference sees them, and the weights of the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np


def weights(shape: tuple[int, ...]) -> np.ndarray:
    """The weights that the loss gives to a float output: cos 0, cos 1, cos 2 ..."""
    count = int(np.prod(shape))
    return np.cos(np.arange(count)).reshape(shape)


def oracles_of(cases: Iterable[Any], of_case: Callable[..., dict[str, Any]]) -> dict[str, Callable[[], dict]]:
    """Case -> function that calls `of_case(name, **inputs)` and makes its results arrays."""

    def bound(case: Any) -> Callable[[], dict[str, np.ndarray]]:
        return lambda: {
            label: np.asarray(value) for label, value in of_case(case.name, **case.arrays("float64")).items()
        }

    return {case.name: bound(case) for case in cases}


def oracles_by_label(cases: Iterable[Any], formulas: dict[str, Callable[..., dict]]) -> dict[str, Callable[[], dict]]:
    """As oracles_of, with a formula for each case: the case's name without its family -> **inputs -> results.

    A label without a level is a value's.
    """

    def of_case(name: str, **inputs: np.ndarray) -> dict[str, Any]:
        results = formulas[name.partition("-")[2]](**inputs)
        return {label if "/" in label else f"value/{label}": value for label, value in results.items()}

    return oracles_of(cases, of_case)
