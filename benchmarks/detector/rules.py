"""Rules that name the slower cases of a suite: ours, and what it was compared with while it was made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import stats

from benchmarks.detector.suites import Sides, Suite
from harness.orchestrator.analysis import pairs
from harness.orchestrator.analysis.comparison import Line, verdict_of
from harness.orchestrator.analysis.metrics import FASTEST, MEDIAN, METRICS
from harness.orchestrator.analysis.statistics import LEVEL, RESAMPLES, Evidence, adjusted, evidence
from harness.orchestrator.analysis.verdict import FALSE_DISCOVERIES, SLOWER, Comparison, judge

Alarm = tuple[str, str]  # case, metric
Rule = Callable[[Suite], set[Alarm]]
Again = Callable[[Suite, Suite, set[Alarm]], set[Alarm]]  # of first runs, fresh ones of what was named, and the alarms
# What a slowdown of the steps slows.
OF_STEPS = (FASTEST, MEDIAN, "first_epoch_s")


def comparisons(suite: Suite, key: str, threshold: float | None = None) -> dict[str, Comparison]:
    """What the harness finds on a metric, with the metric's own threshold or another one."""
    limit = METRICS[key].threshold if threshold is None else threshold
    known = {case: seen(suite, case, key) for case in suite.sides}
    return judge(known, dict.fromkeys(known, limit))


def seen(suite: Suite, case: str, key: str) -> Evidence:
    """The evidence on a case, as harness/orchestrator/analysis/comparison.py gathers it."""
    a, b = suite.figures(key)[case]
    if suite.recorded.interleaved:
        return pairs.of_ratios(suite.ratios(case, key), float(np.median(a)), float(np.median(b)))
    return evidence(a, b)


def ours(key: str, threshold: float | None = None) -> tuple[Rule, Again]:
    """The rule of harness/orchestrator/analysis, on a metric: what it suspects, and what it says after fresh runs."""

    def suspects(suite: Suite) -> set[Alarm]:
        return alarms(key, lambda found: found.suspected == SLOWER, comparisons(suite, key, threshold))

    def again(first: Suite, fresh: Suite, named: set[Alarm]) -> set[Alarm]:
        found = lines(first, fresh, key, threshold)
        return {(case, key) for case, line in found.items() if line.verdict == SLOWER}

    return suspects, again


def lines(first: Suite, fresh: Suite, key: str, threshold: float | None = None) -> dict[str, Line]:
    """What is said of each case of the first runs, some of which have fresh ones."""
    every, once, again = (comparisons(suite, key, threshold) for suite in (first.joined(fresh), first, fresh))
    return {case: verdict_of((case,), METRICS[key], every[case], one, again.get(case)) for case, one in once.items()}


def gate(suite: Suite) -> set[Alarm]:
    """What is suspected on any metric that was recorded, as `harness check` judges; a slowdown is one of the steps."""
    named = (ours(key)[0](of_metric(suite, key)) for key in suite.recorded.figures)
    return set().union(*named)


def gate_again(first: Suite, fresh: Suite, named: set[Alarm]) -> set[Alarm]:
    """What is said on any of them after fresh runs."""
    said = (ours(key)[1](of_metric(first, key), of_metric(fresh, key), named) for key in first.recorded.figures)
    return set().union(*said)


def of_metric(suite: Suite, key: str) -> Suite:
    """The suite as it is on a metric: what slows steps slows no compilation."""
    return suite if key in OF_STEPS else replace(suite, slowdown={})


def strict(key: str) -> Rule:
    """The rule before: the interval wholly beyond the threshold at once, and on fresh runs alone a second time."""
    return lambda suite: alarms(key, lambda found: found.verdict == SLOWER, comparisons(suite, key))


def alarms(key: str, slower: Callable[[Comparison], bool], found: dict[str, Comparison]) -> set[Alarm]:
    """The cases whose comparison is an alarm."""
    return {(case, key) for case, one in found.items() if slower(one)}


def by_medians(key: str) -> Rule:
    """Ours for interleaved runs, but with the median of the rounds' ratios in place of their mean."""
    edge = np.log1p(METRICS[key].threshold)

    def slower(suite: Suite) -> set[Alarm]:
        logs = {case: np.log(suite.ratios(case, key)) for case in suite.sides}
        p = {case: pairs.student(each)[2] for case, each in logs.items()}
        return improbable(key, p, lambda case: lowest(logs[case]) > edge)

    return slower


def improbable(key: str, p: dict[str, float], beyond: Callable[[str], bool]) -> set[Alarm]:
    """The cases that chance makes too rarely, all looked at, and that are beyond a threshold."""
    q = dict(zip(p, adjusted(list(p.values())), strict=True))
    return {(case, key) for case in p if q[case] <= FALSE_DISCOVERIES and beyond(case)}


def lowest(logs: np.ndarray) -> float:
    """The lower end of the percentile bootstrap's interval of their median."""
    drawn = np.random.default_rng(0).choice(logs, (RESAMPLES, len(logs)))
    return float(np.quantile(np.median(drawn, axis=1), (1 - LEVEL) / 2))


def as_separate(key: str) -> Rule:
    """Ours for separate runs, on any runs."""
    return lambda suite: strict(key)(replace(suite, recorded=replace(suite.recorded, interleaved=False)))


def estimated(key: str) -> Rule:
    """Ours, but the estimate beyond the threshold is enough."""
    edge = 1 + METRICS[key].threshold

    def slower(found: Comparison) -> bool:
        return found.q <= FALSE_DISCOVERIES and found.evidence.ratio > edge

    return lambda suite: alarms(key, slower, comparisons(suite, key))


def mann_whitney(figures: Sides) -> dict[str, float]:
    """Mann and Whitney's p of each case, two-sided."""
    return {case: float(stats.mannwhitneyu(*sides, alternative="two-sided").pvalue) for case, sides in figures.items()}


def bootstrapped(key: str) -> Rule:
    """Mann-Whitney, and the bootstrap's interval of the ratio of medians wholly beyond the threshold."""
    edge = 1 + METRICS[key].threshold

    def slower(suite: Suite) -> set[Alarm]:
        figures = suite.figures(key)
        return improbable(key, mann_whitney(figures), lambda case: lower_end(*figures[case]) > edge)

    return slower


def lower_end(a: np.ndarray, b: np.ndarray) -> float:
    """Of the percentile bootstrap's interval of median(b) / median(a)."""
    rng = np.random.default_rng(0)
    medians = [np.median(rng.choice(side, (999, len(side))), axis=1) for side in (a, b)]
    return float(np.quantile(medians[1] / medians[0], (1 - LEVEL) / 2))


def ranks(key: str) -> Rule:
    """Mann-Whitney's p and the median of the ratios of all pairs of runs: all runs count."""
    edge = 1 + METRICS[key].threshold

    def slower(suite: Suite) -> set[Alarm]:
        figures = suite.figures(key)
        return improbable(key, mann_whitney(figures), lambda case: middle(*figures[case]) > edge)

    return slower


def middle(a: np.ndarray, b: np.ndarray) -> float:
    """The median of the ratios b / a of all pairs of runs."""
    return float(np.exp(np.median(np.subtract.outer(np.log(b), np.log(a)))))
