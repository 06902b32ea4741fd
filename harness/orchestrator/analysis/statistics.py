"""What the runs of two sides say about the ratio of their figures, and how many runs would be enough."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy

LEVEL = 0.95
# Of the resampling: the least p is 1 / 2000, far below what nine cases need together.
RESAMPLES = 1999
ROUNDING = 1e-12  # ways that differ by less separate the sides equally
# Fewer runs per side cannot carry a verdict: 4 and 4 runs are separated completely in 2 of 70 ways to deal them.
FEWEST = 5


@dataclass(frozen=True)
class Evidence:
    """Runs of a case on both sides.

    ratio: of b to a, its definition with `evidence` here and in `pairs`; `low` and `high` bound it at LEVEL
    p: of the hypothesis that both sides are alike, two-sided
    interleaved: whether the sides ran epoch by epoch in the same rounds, and were compared round by round
    in_rounds: whether they ran one after the other in the same rounds of one session, and were compared so
    """

    runs_a: int
    runs_b: int
    median_a: float
    median_b: float
    ratio: float
    low: float
    high: float
    p: float
    interleaved: bool = False
    in_rounds: bool = False


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
    distances = quiet(b[draws(len(b), side=1)]) - quiet(a[draws(len(a), side=0)])
    low, high = np.exp(np.quantile(distances, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    return float(low), float(high)


def probability(a: np.ndarray, b: np.ndarray) -> float:
    """The share of ways to deal all runs to two sides that differ at least as much, from logarithms."""
    dealt = np.concatenate([a, b])[orders(len(a) + len(b))]
    distances = np.abs(quiet(dealt[:, : len(a)]) - quiet(dealt[:, len(a) :]))
    as_far = distances >= abs(quiet(a) - quiet(b)) - ROUNDING
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
    found = scipy.stats.false_discovery_control(probabilities, method="bh") if probabilities else []
    return [float(q) for q in found]


def holm(probabilities: list[float]) -> list[float]:
    """Holm's adjustment: any error at all among those called different is as improbable as each one says."""
    order, worst = sorted(range(len(probabilities)), key=probabilities.__getitem__), 0.0
    found = [0.0] * len(probabilities)
    for rank, place in enumerate(order):
        worst = max(worst, (len(order) - rank) * probabilities[place])
        found[place] = min(1.0, worst)
    return found


def more_runs(found: Evidence, threshold: float) -> int:
    """About how many more runs per side would settle it, if they are like those that there are.

    The interval's half width falls with the root of the number of runs. Where the ratio is twice the half width from
    the threshold, the interval is clear of it in 97.5 of 100 comparisons, and p is small enough for nine cases.
    """
    edge, middle = math.log1p(threshold), abs(math.log(found.ratio))
    needed = max(abs(middle - edge), edge / 4) / 2
    runs = min(found.runs_a, found.runs_b)
    if not math.isfinite(found.high):  # of a single run on a side
        return FEWEST - runs
    half = math.log(found.high / found.low) / 2
    return max(1, FEWEST - runs, math.ceil(runs * ((half / needed) ** 2 - 1)))
