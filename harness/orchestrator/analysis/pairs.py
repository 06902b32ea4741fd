"""Runs in the same rounds of a session: what slows the machine for a while slows both, and not their ratio."""

from __future__ import annotations

import math
from statistics import median

import numpy as np
import scipy

from harness.orchestrator.analysis.metrics import MEDIAN, Metric
from harness.orchestrator.analysis.statistics import LEVEL, ROUNDING, Evidence
from harness.orchestrator.core.cases import FIRST

Pair = tuple[dict, dict]


def pairs(a: list[dict], b: list[dict], metric: Metric, stage: str | None = None) -> list[Pair]:
    """The records of both sides that a round of a session has, where both have the metric; none of other runs.

    A run is no pair with itself, as where two selections share records.

    Args:
        stage: of the rounds; None: of both.
    """
    of_a, of_b = ({place(record): record for record in side if has(record, metric, stage)} for side in (a, b))
    found = [(of_a[key], of_b[key]) for key in of_a if key in of_b]
    return [] if any(one["run"] == other["run"] for one, other in found) else found


def interleaved(pair: Pair) -> bool:
    """Whether the two ran epoch by epoch, as sides do; other runs of a round ran one after the other."""
    return all(record["run"].get("side") is not None for record in pair)


def place(record: dict) -> tuple[str, int]:
    """The round of its session that a record belongs to."""
    return record["session"]["id"], record["run"]["round"]


def has(record: dict, metric: Metric, stage: str | None) -> bool:
    """Whether a record is of a good run of the stage with a figure."""
    fits = record["status"] == "ok" and stage in (None, record["run"].get("stage") or FIRST)
    return fits and (metric.of(record) or 0) > 0


def ratio(pair: Pair, metric: Metric) -> float:
    """b / a of a pair; of the median epoch the middle over epochs, each of a beside one of b."""
    a, b = pair
    if metric.key == MEDIAN and interleaved(pair):
        beside = zip(timed(a), timed(b), strict=False)
        return middle(np.array([of_b / of_a for of_a, of_b in beside]))
    return metric.of(b) / metric.of(a)


def middle(ratios: np.ndarray) -> float:
    """The median of the geometric means of any two of them, and of each with itself (Hodges and Lehmann).

    It lets through as little as a median does of what slows single epochs, and scatters less.
    """
    logs, (first, second) = np.log(ratios), np.triu_indices(len(ratios))
    return math.exp(np.median(logs[first] + logs[second]) / 2)


def timed(record: dict) -> list[float]:
    """The training times of a run's timed epochs."""
    return [epoch["train_s"] for epoch in record["epochs"] if not epoch["warmup"]]


def evidence(found: list[Pair], metric: Metric) -> Evidence:
    """The evidence of pairs, one at least."""
    ratios = [ratio(pair, metric) for pair in found]
    of_a, of_b = (median(metric.of(record) for record in side) for side in zip(*found, strict=True))
    return of_ratios(np.array(ratios), of_a, of_b, all(map(interleaved, found)))


def of_ratios(ratios: np.ndarray, median_a: float, median_b: float, by_epoch: bool = True) -> Evidence:
    """The evidence of rounds' ratios: their geometric mean, and Student's test and interval of it."""
    logs = np.log(ratios)
    low, high, p = student(logs)
    middle = math.exp(logs.mean())
    return Evidence(len(logs), len(logs), median_a, median_b, middle, low, high, p, by_epoch, not by_epoch)


def student(logs: np.ndarray) -> tuple[float, float, float]:
    """Interval of the mean ratio, and p of the hypothesis that it is 1, two-sided; from logarithms."""
    if len(logs) < 2:
        return 0.0, math.inf, 1.0
    if np.ptp(logs) < ROUNDING:  # as of memory: no doubt is left, and no quotient for the test
        ratio = math.exp(logs.mean())
        return ratio, ratio, float(abs(logs.mean()) < ROUNDING)
    found = scipy.stats.ttest_1samp(logs, 0.0)
    interval = found.confidence_interval(LEVEL)
    return math.exp(interval.low), math.exp(interval.high), float(found.pvalue)
