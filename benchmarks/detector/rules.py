"""Rules that name the slower cases of a suite: ours, and what it was compared with while it was made."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats

from benchmarks.detector.suites import Suite
from harness.orchestrator.analysis.metrics import METRICS
from harness.orchestrator.analysis.rule import FALSE_DISCOVERIES, INCONCLUSIVE, SLOWER, Finding, judge
from harness.orchestrator.analysis.statistics import LEVEL, adjusted

Rule = Callable[[Suite], set[str]]
MOST = 80  # runs a side, where the rule asks for more


def findings(suite: Suite, key: str) -> dict[str, Finding]:
    """What the harness finds on a metric."""
    return judge(suite.figures(key), dict.fromkeys(suite.sides, METRICS[key].threshold))


def ours(key: str) -> Rule:
    """The rule of harness/orchestrator/analysis, on a metric."""
    return lambda suite: {case for case, found in findings(suite, key).items() if found.verdict == SLOWER}


def settled(suite: Suite, key: str, more: Callable[[list[str], int], Suite]) -> tuple[dict[str, Finding], Suite]:
    """The findings after as many runs as the rule itself asks for, and the suite with them.

    Cases that are inconclusive get what they ask for, at most as many as they have: the first look knows little.
    """
    while True:
        found = findings(suite, key)
        asked = {case: asks(one) for case, one in found.items() if one.verdict == INCONCLUSIVE}
        if not any(asked.values()):
            return found, suite
        for case, runs in asked.items():
            if runs:
                suite = suite.joined(more([case], runs))


def asks(found: Finding) -> int:
    """How many more runs a side it gets; 0 if it has had all there may be."""
    return min(found.more or 0, found.evidence.runs_a, MOST - found.evidence.runs_a)


def bootstrapped(key: str) -> Rule:
    """As it was first: the bootstrap's interval of the ratio of medians wholly beyond the threshold."""

    def slower(suite: Suite) -> set[str]:
        figures = suite.figures(key)
        p = [stats.mannwhitneyu(a, b, alternative="two-sided").pvalue for a, b in figures.values()]
        beyond = zip(figures, adjusted(p), strict=True)
        edge = 1 + METRICS[key].threshold
        return {case for case, q in beyond if q <= FALSE_DISCOVERIES and lower_end(*figures[case]) > edge}

    return slower


def lower_end(a: np.ndarray, b: np.ndarray) -> float:
    """Of the percentile bootstrap's interval of median(b) / median(a)."""
    rng = np.random.default_rng(0)
    medians = [np.median(rng.choice(side, (999, len(side))), axis=1) for side in (a, b)]
    return float(np.quantile(medians[1] / medians[0], (1 - LEVEL) / 2))


def wholly(key: str) -> Rule:
    """Ours, but the interval must lie wholly beyond the threshold."""
    edge = 1 + METRICS[key].threshold
    return lambda suite: {
        case for case, found in findings(suite, key).items() if found.verdict == SLOWER and found.evidence.low > edge
    }


def ranks(key: str) -> Rule:
    """Mann-Whitney's p and the median of the ratios of all pairs of runs: all runs count."""

    def slower(suite: Suite) -> set[str]:
        logs = {case: (np.log(a), np.log(b)) for case, (a, b) in suite.figures(key).items()}
        p = [float(stats.mannwhitneyu(a, b, alternative="two-sided").pvalue) for a, b in logs.values()]
        q = dict(zip(logs, adjusted(p), strict=True))
        edge = np.log1p(METRICS[key].threshold)
        return {
            case
            for case, (a, b) in logs.items()
            if q[case] <= FALSE_DISCOVERIES and np.median(np.subtract.outer(b, a)) > edge
        }

    return slower


def paired(key: str) -> Rule:
    """Ours, but within blocks: Wilcoxon's signed ranks of the blocks' ratios."""

    def slower(suite: Suite) -> set[str]:
        logs = {case: np.log(b / a) for case, (a, b) in suite.figures(key).items()}
        q = dict(zip(logs, adjusted([signed_ranks(each) for each in logs.values()]), strict=True))
        edge = np.log1p(METRICS[key].threshold)
        return {case for case, each in logs.items() if q[case] <= FALSE_DISCOVERIES and middle(each) > edge}

    return slower


def signed_ranks(logs: np.ndarray) -> float:
    """Wilcoxon's p, two-sided, by its normal approximation: drawn blocks have ties."""
    return float(stats.wilcoxon(logs, method="asymptotic", correction=True).pvalue)


def middle(logs: np.ndarray) -> float:
    """The median of the means of all pairs, each with itself too."""
    rows, columns = np.triu_indices(len(logs))
    return float(np.median((logs[rows] + logs[columns]) / 2))
