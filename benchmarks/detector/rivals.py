"""What others call a regression, by their own code where they have some."""

from __future__ import annotations

import numpy as np
import pyperf
from pyperf._compare import CompareData, CompareResult
from pytest_benchmark.stats import Stats
from pytest_benchmark.utils import parse_compare_fail

from benchmarks.detector.rules import Alarm, Rule
from benchmarks.detector.suites import Suite
from harness.orchestrator.analysis.metrics import MEDIAN


def pytest_benchmark(check: str, pooled: bool) -> Rule:
    """--benchmark-compare-fail=CHECK, its rounds our epochs: of one run a side, as it is used, or of all runs."""
    fail = parse_compare_fail(check)

    def slower(suite: Suite) -> set[Alarm]:
        sides = {
            case: [statistics(runs if pooled else runs[:1]) for runs in suite.epochs(case)] for case in suite.sides
        }
        return {(case, MEDIAN) for case, (before, now) in sides.items() if fail.fails(now, before)}

    return slower


def statistics(runs: list[np.ndarray]) -> dict:
    """What pytest-benchmark keeps of rounds."""
    stats = Stats()
    for duration in np.concatenate(runs):
        stats.update(float(duration))
    return {field: getattr(stats, field) for field in ("min", "mean", "median")}


def pyperf_compare(suite: Suite) -> set[Alarm]:
    """`pyperf compare_to`: significant and slower; a process is a run, its values are the epochs."""
    return {(case, MEDIAN) for case in suite.sides if is_slower(*map(benchmark, suite.epochs(case)))}


def is_slower(before: pyperf.Benchmark, now: pyperf.Benchmark) -> bool:
    """pyperf's own verdict."""
    found = CompareResult(CompareData("before", before), CompareData("now", now))
    return bool(found.significant and found.norm_mean > 1)


def benchmark(runs: list[np.ndarray], name: str = "epoch") -> pyperf.Benchmark:
    """Runs as pyperf stores them."""
    return pyperf.Benchmark(
        [pyperf.Run(times.tolist(), metadata={"name": name}, collect_metadata=False) for times in runs]
    )


def ratio(percent: float, pooled: bool) -> Rule:
    """Slower if the median epoch is so many per cent more, of one run a side or of all of them."""

    def slower(suite: Suite) -> set[Alarm]:
        sides = suite.figures(MEDIAN)
        chosen = {case: [np.median(side if pooled else side[:1]) for side in pair] for case, pair in sides.items()}
        return {(case, MEDIAN) for case, (before, now) in chosen.items() if now / before > 1 + percent / 100}

    return slower
