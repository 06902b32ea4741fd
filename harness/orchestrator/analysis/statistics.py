"""What the runs of two sides say about the ratio of their figures, and how many runs would be enough."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

LEVEL = 0.95
# Standard deviations within which a normal figure lies at LEVEL.
WIDTH = float(stats.norm.ppf((1 + LEVEL) / 2))
# Fewer runs a side cannot carry a verdict: with 4 and 4 Mann-Whitney's p is never below 0.029.
FEWEST = 5
# By this part of its distance from 1 may a ratio be known: then p is at most 0.05 / 9, nine cases looked at, in 97.5 of
# 100 comparisons.
CLEAR = WIDTH / (WIDTH + float(stats.norm.isf(0.05 / 9 / 2)))


@dataclass(frozen=True)
class Evidence:
    """Runs of a case on both sides.

    ratio: of a run of b to a run of a, the median of all such; `low` and `high` bound it at LEVEL
    p: of the hypothesis that both sides are alike, two-sided
    """

    runs_a: int
    runs_b: int
    median_a: float
    median_b: float
    ratio: float
    low: float
    high: float
    p: float


def evidence(a: list[float], b: list[float]) -> Evidence:
    """The evidence of the runs of two sides, positive figures, at least one each."""
    first, second = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    ratios = np.sort((second[:, None] / first).ravel())
    medians = float(np.median(first)), float(np.median(second))
    low, high = interval(ratios, len(a), len(b))
    return Evidence(len(a), len(b), *medians, float(np.median(ratios)), low, high, probability(first, second))


def interval(ratios: np.ndarray, runs_a: int, runs_b: int) -> tuple[float, float]:
    """The ratios that Mann-Whitney's test, by its normal approximation, does not reject; unbounded with few runs.

    Args:
        ratios: of each run of b to each of a, sorted.
    """
    pairs = runs_a * runs_b
    rank = math.floor(pairs / 2 - WIDTH * math.sqrt(pairs * (runs_a + runs_b + 1) / 12))
    return (float(ratios[rank - 1]), float(ratios[-rank])) if rank > 0 else (0.0, math.inf)


def probability(a: np.ndarray, b: np.ndarray) -> float:
    """Mann-Whitney's p, two-sided; exact for few runs without ties."""
    return float(stats.mannwhitneyu(a, b, alternative="two-sided").pvalue)


def adjusted(probabilities: list[float]) -> list[float]:
    """Benjamini and Hochberg's adjustment for having looked at all of them."""
    return [] if not probabilities else [float(q) for q in stats.false_discovery_control(probabilities, method="bh")]


def more_runs(found: Evidence, threshold: float) -> int:
    """About how many more runs a side would settle it, if they are like those that there are.

    The interval's half width falls with the root of the number of runs. It must come down to what a verdict needs in
    97.5 of 100 comparisons: a ratio beyond the threshold must be clear of it, and clear of 1; one within it, twice the
    half width from it.
    """
    edge, middle = math.log1p(threshold), abs(math.log(found.ratio))
    distance = max(abs(middle - edge), edge / 4)
    needed = min(distance, CLEAR * middle) if middle > edge else distance / 2
    runs = min(found.runs_a, found.runs_b)
    if not math.isfinite(found.high):
        return max(1, FEWEST - runs)
    half = math.log(found.high / found.low) / 2
    return max(1, FEWEST - runs, math.ceil(runs * ((half / needed) ** 2 - 1)))
