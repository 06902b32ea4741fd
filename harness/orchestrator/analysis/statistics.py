"""What the runs of two sides say about the ratio of their medians, and how many runs would be enough."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

LEVEL = 0.95
RESAMPLES = 4999
# Fewer runs a side cannot carry a verdict: with 4 and 4 Mann-Whitney's p is never below 0.029.
FEWEST = 5
# By how much the half width must shrink so that a difference is not only as large but found with 95 % probability.
POWER_FACTOR = (stats.norm.ppf(0.975) + stats.norm.ppf(0.95)) / stats.norm.ppf(0.975)
SEED = 20151201  # of the resampling: the same records always give the same verdict


@dataclass(frozen=True)
class Evidence:
    """Runs of a case on both sides.

    ratio: median of b / median of a; `low` and `high` bound it at LEVEL
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
    medians = float(np.median(first)), float(np.median(second))
    low, high = interval(first, second) if min(len(a), len(b)) > 1 else (0.0, math.inf)
    return Evidence(len(a), len(b), *medians, medians[1] / medians[0], low, high, probability(first, second))


def interval(a: np.ndarray, b: np.ndarray, resamples: int = RESAMPLES) -> tuple[float, float]:
    """Percentile bootstrap interval of the ratio of medians, b / a."""
    found = stats.bootstrap(
        (a, b),
        lambda a, b, axis: np.median(b, axis=axis) / np.median(a, axis=axis),
        n_resamples=resamples,
        confidence_level=LEVEL,
        method="percentile",
        vectorized=True,
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return float(found.low), float(found.high)


def probability(a: np.ndarray, b: np.ndarray) -> float:
    """Mann-Whitney's p, two-sided; exact for few runs without ties."""
    return float(stats.mannwhitneyu(a, b, alternative="two-sided").pvalue)


def adjusted(probabilities: list[float]) -> list[float]:
    """Benjamini and Hochberg's adjustment for having looked at all of them."""
    return [] if not probabilities else [float(q) for q in stats.false_discovery_control(probabilities, method="bh")]


def more_runs(found: Evidence, threshold: float) -> int:
    """About how many more runs a side would settle it, if they are like those that there are.

    The half width of the interval falls with the root of the number of runs. It must become so small, against the
    distance of the ratio from the threshold, that the interval lies on one side of it with 95 % probability.
    """
    edge, middle = math.log1p(threshold), abs(math.log(found.ratio))
    distance = max(abs(middle - edge), edge / 4)
    runs = min(found.runs_a, found.runs_b)
    half = math.log(found.high / found.low) / 2 if found.low > 0 and math.isfinite(found.high) else math.inf
    if not math.isfinite(half):
        return max(1, FEWEST - runs)
    return max(1, FEWEST - runs, math.ceil(runs * ((POWER_FACTOR * half / distance) ** 2 - 1)))
