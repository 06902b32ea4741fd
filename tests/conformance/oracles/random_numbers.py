"""Moments of the distributions, and facts about draws, all of them true."""

from __future__ import annotations

import math

import numpy as np

from tests.conformance.oracles.draws import true


def drawn(mean: float, deviation: float) -> dict[str, np.ndarray]:
    """What a case of drawing gives."""
    facts = true("inside", "floatx", "independent", "elements_independent")
    return facts | {"value/mean": np.float64(mean), "value/deviation": np.float64(deviation)}


def certain() -> dict[str, np.ndarray]:
    """Nothing left to chance."""
    numbers = {"never": 0.0, "always": 1.0, "uniform": 2.0, "normal": -1.5}
    return {"value/" + name: np.full((3, 2), number) for name, number in numbers.items()}


def shapes() -> dict[str, np.ndarray]:
    """In the order of the case."""
    results = true("all_differ_of_2", "all_differ_of_3")
    for batch, last in ((2, 4), (3, 1)):
        for place, shape in enumerate([(batch, 3, last), (last, 2, batch), (batch, 50), (), (2, 3)]):
            results[f"value/shape_{place}_of_{batch}"] = np.array(shape, dtype=None if shape else float)
    return results


def variables() -> dict[str, np.ndarray]:
    """NumPy's own draws."""
    results = true("named_uniform", "named_normal")
    for name, arguments in (("uniform", (-2.0, 3.0)), ("normal", (4.0, 0.5))):
        results[f"value/{name}"] = getattr(np.random.RandomState(81), name)(*arguments, (3, 4))
        state = np.random.RandomState(82)
        for label in ("of_numpy", "in_float64"):
            results[f"value/{name}_{label}"] = getattr(state, name)(*arguments, 5)
    return results


def noise_shapes() -> dict[str, np.ndarray]:
    """Along which axes each mask is the same."""
    results = true(*(f"two_numbers_{place}" for place in range(5)))
    for place, axes in enumerate([(0, 1, 0), (0, 1, 0), (1, 0, 0), (0, 0, 1), (0, 0, 0)]):
        results[f"value/shared_along_{place}"] = np.array(axes)
    return results


def levels() -> dict[str, np.ndarray]:
    """A share of zeros, and 1 / (1 - it)."""
    results = true("independent")
    for level in (0.0, 0.1, 0.75):
        results[f"value/dropped_{int(100 * level)}"] = np.float64(level)
        results[f"value/largest_{int(100 * level)}"] = np.float64(1 / (1 - level))
    return results


ORACLES = {
    "draws-random_uniform": lambda: drawn(1.0, 4 / math.sqrt(12)),
    "draws-random_uniform-defaults": lambda: drawn(0.5, 1 / math.sqrt(12)),
    "draws-random_normal": lambda: drawn(2.0, 0.5),
    "draws-random_normal-defaults": lambda: drawn(0.0, 1.0),
    "draws-random_binomial": lambda: drawn(0.3, math.sqrt(0.3 * 0.7)),
    "draws-certain": certain,
    "draws-dtypes": lambda: true("dtypes", "fine", "both"),
    "draws-shapes": shapes,
    "draws-seeds": lambda: true("same", "differs"),
    "draws-seeds_of_numpy": lambda: true("governed", "differs"),
    "draws-variables": variables,
    "draws-dropout-noise_shapes": noise_shapes,
    "draws-dropout-levels": levels,
}
