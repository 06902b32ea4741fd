"""What the runs of two sides say about the ratio of their figures, and how many runs would be enough."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import stats

LEVEL = 0.95
# Of the resampling: the least p is 1 / 2000, far below what nine cases need together.
RESAMPLES = 1999
ROUNDING = 1e-12  # ways that differ by less set the sides equally far apart
# Fewer runs a side cannot carry a verdict: dealt to sides, 4 and 4 are as far apart as can be in 2 of 70 ways.
FEWEST = 5
# Standard deviations within which a normal figure lies at LEVEL.
WIDTH = float(stats.norm.ppf((1 + LEVEL) / 2))
# By this part of its distance from 1 may a ratio be known: then p is at most 0.05 / 9, nine cases looked at, in 97.5 of
# 100 comparisons.
CLEAR = WIDTH / (WIDTH + float(stats.norm.isf(0.05 / 9 / 2)))


@dataclass(frozen=True)
class Evidence:
    """Runs of a case on both sides.

    ratio: of the faster half of b's runs to that of a's; `low` and `high` bound it at LEVEL
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
    first, second = np.log(a), np.log(b)
    low, high = interval(first, second) if min(len(a), len(b)) > 1 else (0.0, math.inf)
    ratio = math.exp(quiet(second) - quiet(first))
    p = probability(first, second)
    return Evidence(len(a), len(b), float(np.median(a)), float(np.median(b)), ratio, low, high, p)


def quiet(logs: np.ndarray) -> np.ndarray:
    """The mean of the faster half, of five the fastest three.

    Other work on a machine slows runs down and never speeds one up, so the slower half says more about it than about
    the code (docs/design/regression.md). What slows less than half of the runs is not seen.
    """
    return np.sort(logs, axis=-1)[..., : (logs.shape[-1] + 1) // 2].mean(axis=-1)


def interval(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Percentile bootstrap interval of the ratio, from logarithms."""
    apart = quiet(b[draws(len(b), side=1)]) - quiet(a[draws(len(a), side=0)])
    low, high = np.exp(np.quantile(apart, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    return float(low), float(high)


def probability(a: np.ndarray, b: np.ndarray) -> float:
    """The share of ways to deal all runs to two sides that set them as far apart, from logarithms."""
    dealt = np.concatenate([a, b])[orders(len(a) + len(b))]
    apart = np.abs(quiet(dealt[:, : len(a)]) - quiet(dealt[:, len(a) :]))
    as_far = apart >= abs(quiet(a) - quiet(b)) - ROUNDING
    return float((1 + as_far.sum()) / (1 + RESAMPLES))


@cache
def draws(number: int, side: int) -> np.ndarray:
    """Resamples of so many runs, with replacement; always the same ones, as the same records give the same verdict."""
    return np.random.default_rng([number, side]).integers(0, number, (RESAMPLES, number))


@cache
def orders(number: int) -> np.ndarray:
    """Orders of so many runs, always the same ones."""
    rows = np.tile(np.arange(number), (RESAMPLES, 1))
    return np.random.default_rng(number).permuted(rows, axis=1)


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
