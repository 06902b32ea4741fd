"""Facts about draws, all true, and the moments of their distributions."""

from __future__ import annotations

import math

import numpy as np

from harness.worker.conformance.cases.draws import KEPT

DRAWN = ("inside", "fresh", "uncorrelated", "without_pattern")
HALVES = ("as_much_in_both", "halves_independent")


def true(*labels: str) -> dict[str, np.ndarray]:
    """Facts that hold."""
    return {"value/" + label: np.array(1) for label in labels}


def drawn(mean: float, deviation: float) -> dict[str, np.ndarray]:
    """What a case of drawing gives."""
    moments = {"value/mean": np.float64(mean), "value/deviation": np.float64(deviation)}
    return true(*DRAWN) | moments | {"value/like_shape": np.array([4, 3])}


def dropout() -> dict[str, np.ndarray]:
    """What the case of dropout gives."""
    facts = true("other_seed_other_mask", "fresh", "independent", "uncorrelated", "rows_differ", *HALVES)
    return facts | {"value/kept": np.float64(KEPT), "value/numbers": np.array([0, 1 / KEPT])}


def dropout_of_maps() -> dict[str, np.ndarray]:
    """What the case of dropout behind a convolution gives."""
    return true("samples_differ", *HALVES) | {f"value/kept_of_{count}": np.float64(KEPT) for count in (4, 3)}


ORACLES = {
    "draws-uniform": lambda: drawn(1.0, 4 / math.sqrt(12)),
    "draws-normal": lambda: drawn(2.0, 0.5),
    "draws-dropout": dropout,
    "draws-dropout-of_maps": dropout_of_maps,
    "draws-dropout-gradient": lambda: true("same_mask", "two_numbers"),
    "draws-dropout-of_two_losses": lambda: true("same_mask"),
    "draws-dropout-switched": lambda: true("whole", "scaled", "kept_a_quarter", "same_mask"),
    "draws-dropout-noise_shape": lambda: true("rows_agree", "both_occur", "whole"),
    "draws-seeded": lambda: true("same", "differs"),
    "draws-in_scan": lambda: true("times_differ"),
}
