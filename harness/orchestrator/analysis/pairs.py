"""Runs of two sides in the same rounds: what slows the machine for a while slows both, and not their ratio."""

from __future__ import annotations

import math
from statistics import median

import numpy as np
from scipy import stats

from harness.orchestrator.analysis.metrics import MEDIAN, Metric
from harness.orchestrator.analysis.statistics import LEVEL, RESAMPLES, Evidence
from harness.orchestrator.matrix import FIRST

SWAPS = 9999  # of up to 13 rounds all ways to swap their sides are looked at
SEED = 20151201  # the same records always give the same verdict

Pair = tuple[dict, dict]


def pairs(a: list[dict], b: list[dict], metric: Metric, stage: str) -> list[Pair]:
    """The records of both sides that a round of a session has, where both have the metric; none of other runs."""
    of_a, of_b = ({place(record): record for record in side if has(record, metric, stage)} for side in (a, b))
    if any(record["run"].get("side") is None for record in (*of_a.values(), *of_b.values())):
        return []
    return [(of_a[key], of_b[key]) for key in of_a if key in of_b]


def place(record: dict) -> tuple[str, int]:
    """The round of its session that a record belongs to."""
    return record["session"]["id"], record["run"]["round"]


def has(record: dict, metric: Metric, stage: str) -> bool:
    """Whether a record is of a good run of the stage with a figure."""
    fits = record["status"] == "ok" and (record["run"].get("stage") or FIRST) == stage
    return fits and (metric.of(record) or 0) > 0


def ratio(pair: Pair, metric: Metric) -> float:
    """b / a of a pair; of the median epoch the median over turns, in which an epoch of a is beside one of b."""
    a, b = pair
    if metric.key == MEDIAN:
        turns = zip(timed(a), timed(b), strict=False)
        return median(of_b / of_a for of_a, of_b in turns)
    return metric.of(b) / metric.of(a)


def timed(record: dict) -> list[float]:
    """The training times of a run's timed epochs."""
    return [epoch["train_s"] for epoch in record["epochs"] if not epoch["warmup"]]


def evidence(found: list[Pair], metric: Metric) -> Evidence:
    """The evidence of pairs, one at least."""
    ratios = [ratio(pair, metric) for pair in found]
    of_a, of_b = (median(metric.of(record) for record in side) for side in zip(*found, strict=True))
    return of_ratios(np.array(ratios), of_a, of_b)


def of_ratios(ratios: np.ndarray, median_a: float, median_b: float) -> Evidence:
    """The evidence of rounds' ratios: their geometric mean, and whether sides might as well be swapped."""
    logs = np.log(ratios)
    low, high = interval(logs) if len(logs) > 1 else (0.0, math.inf)
    return Evidence(
        len(logs), len(logs), median_a, median_b, math.exp(logs.mean()), low, high, probability(logs), in_turns=True
    )


def interval(logs: np.ndarray) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean ratio, from logarithms."""
    found = stats.bootstrap(
        (logs,),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=LEVEL,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return math.exp(found.low), math.exp(found.high)


def probability(logs: np.ndarray) -> float:
    """The share of ways to swap sides within rounds that set them as far apart as they are, two-sided."""
    if len(logs) < 2:
        return 1.0
    found = stats.permutation_test(
        (logs,),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=SWAPS,
        rng=np.random.default_rng(SEED),
    )
    return float(found.pvalue)
