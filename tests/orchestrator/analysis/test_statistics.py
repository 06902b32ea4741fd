"""Exact cases of the evidence: p, adjusted p, the interval and the recommended number of runs."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from harness.orchestrator.analysis.statistics import RESAMPLES, Evidence, adjusted, evidence, more_runs, quiet

CHANCE = 4 * math.sqrt(0.25 / RESAMPLES)  # four standard deviations of a share of the resamples, at most


def test_p_of_sides_wholly_apart_is_two_of_all_ways():
    # Only {1..5} against {6..10}, and the same turned round, of 252 ways set the fastest three of each as far apart.
    found = evidence([1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 8.0, 9.0, 10.0])
    assert found.p == pytest.approx(2 / 252, abs=4 * math.sqrt(2 / 252 / RESAMPLES))


def test_p_equals_a_count_over_all_ways():
    a, b = [1.00, 1.05, 1.01, 1.20, 1.03], [1.02, 1.11, 1.30, 1.08, 1.16]
    values = sorted(a + b)

    def apart(one: list[float], other: list[float]) -> float:
        return abs(sum(math.log(y) - math.log(x) for x, y in zip(sorted(one)[:3], sorted(other)[:3], strict=True)))

    ways = [(list(chosen), [v for v in values if v not in chosen]) for chosen in itertools.combinations(values, 5)]
    extreme = sum(apart(*way) >= apart(a, b) - 1e-12 for way in ways)
    assert evidence(a, b).p == pytest.approx(extreme / 252, abs=CHANCE)


def test_p_of_equal_sides_is_one():
    assert evidence([1.0, 4.0], [4.0, 1.0]).p == 1.0


def test_p_is_right_as_often_as_it_says():
    rng = np.random.default_rng(2)
    p = np.array([evidence(rng.lognormal(0, 0.1, 8), rng.lognormal(0, 0.1, 8)).p for _ in range(1500)])
    for level in (0.05, 0.2, 0.5):
        assert np.mean(p <= level) == pytest.approx(level, abs=4 * math.sqrt(level * (1 - level) / len(p)))


def test_ratio_is_of_the_faster_halves():
    # The geometric means of the fastest three: (1 2 4) -> 2 and (2 4 8) -> 4.
    found = evidence([9.0, 4.0, 1.0, 2.0, 9.0], [50.0, 2.0, 8.0, 60.0, 4.0])
    assert found.ratio == pytest.approx(2.0)
    assert (found.median_a, found.median_b, found.runs_a, found.runs_b) == (4.0, 8.0, 5, 5)


@pytest.mark.parametrize(
    ("runs", "mean"), [([3.0], 3.0), ([4.0, 1.0], 1.0), ([9.0, 1.0, 3.0], 2.0), ([4.0, 1.0, 9.0, 3.0], 2.0)]
)
def test_faster_half_of_an_odd_number_has_the_middle_one(runs: list[float], mean: float):
    assert quiet(np.array(runs)) == mean
    assert quiet(np.array([runs, [2 * run for run in runs]])).tolist() == [mean, 2 * mean]


def test_slow_runs_do_not_hide_a_slowdown():
    quick = [1.0, 1.01, 1.02, 1.015, 1.005, 1.025, 1.03, 1.012]
    a, b = [*quick, 1.5, 1.6], [1.1 * figure for figure in [*quick, 1.4, 1.7]]
    assert evidence(a, b).p < 0.002
    assert stats.mannwhitneyu(a, b).pvalue > 0.01


def test_interval_of_a_single_run_is_unbounded():
    found = evidence([1.0], [2.0, 2.0])
    assert (found.low, found.high) == (0.0, math.inf)


def test_interval_of_two_runs_a_side_is_bounded():
    found = evidence([1.0, 1.0], [2.0, 2.0])
    assert (found.low, found.high) == (pytest.approx(2.0), pytest.approx(2.0))


def test_interval_of_equal_sides_is_that_of_sides_drawn_each_by_itself():
    runs = [1.0, 1.1, 1.05, 1.2, 1.02]
    found = evidence(runs, runs)
    assert (found.low < 0.98, found.ratio, found.high > 1.02) == (True, 1.0, True)


def test_interval_of_one_factor_is_that_factor():
    found = evidence([1.0] * 8, [1.1] * 8)
    assert (found.low, found.ratio, found.high) == pytest.approx((1.1, 1.1, 1.1))


def test_interval_is_that_of_scipys_bootstrap():
    rng = np.random.default_rng(3)
    a, b = rng.lognormal(0, 0.05, 10), rng.lognormal(0.05, 0.05, 10)
    known = stats.bootstrap(
        (np.log(a), np.log(b)),
        lambda a, b, axis: quiet(b) - quiet(a),
        n_resamples=9999,
        method="percentile",
        vectorized=True,
        rng=rng,
    ).confidence_interval
    found = evidence(a, b)
    assert (found.low, found.high) == pytest.approx(np.exp([known.low, known.high]), abs=0.003)


def test_interval_covers_the_truth_about_as_often_as_promised():
    rng = np.random.default_rng(0)
    drawn = [evidence(rng.lognormal(0, 0.1, 10), 1.07 * rng.lognormal(0, 0.1, 10)) for _ in range(1000)]
    covered = np.mean([found.low <= 1.07 <= found.high for found in drawn])
    assert 0.90 <= covered <= 0.98


def test_evidence_is_the_same_each_time():
    a, b = [1.0, 1.1, 1.05, 1.2, 1.02], [1.1, 1.2, 1.06, 1.3, 1.01]
    assert evidence(a, b) == evidence(a, b)


def test_adjusted_is_benjamini_and_hochbergs():
    # Sorted: 0.01 * 4 / 1, 0.02 * 4 / 2, 0.03 * 4 / 3, 0.5 * 4 / 4; none above a later one.
    assert adjusted([0.03, 0.01, 0.5, 0.02]) == pytest.approx([0.04, 0.04, 0.5, 0.04])
    assert adjusted([0.01, 0.02, 0.5]) == pytest.approx([0.03, 0.03, 0.5])
    assert adjusted([]) == []


def known(ratio: float, half: float, runs: int) -> Evidence:
    """Evidence whose interval reaches `half` in logarithms to either side of the ratio."""
    return Evidence(runs, runs, 1.0, ratio, ratio, ratio * math.exp(-half), ratio * math.exp(half), 0.5)


def test_more_runs_make_it_clear_of_the_threshold():
    # From 1.05 to 1.03 is 0.01923; its half must hold the half width, which is thrice that: nine times the runs.
    assert more_runs(known(1.05, 1.5 * math.log(1.05 / 1.03), 10), 0.03) == pytest.approx(80, abs=1)


def test_as_many_runs_as_it_asks_for_are_enough_for_one_case_of_nine():
    rng, found = np.random.default_rng(4), []
    for _ in range(200):
        first = evidence(rng.lognormal(0, 0.05, 10), 1.08 * rng.lognormal(0, 0.05, 10))
        runs = 10 + (more_runs(known(1.08, math.log(first.high / first.low) / 2, 10), 0.03))
        last = evidence(rng.lognormal(0, 0.05, runs), 1.08 * rng.lognormal(0, 0.05, runs))
        found.append(last.low > 1.03 and last.p <= 0.05 / 9)
    assert np.mean(found) >= 0.85


def test_more_runs_for_sameness_halve_the_distance():
    # From 1 to 1.03 is 0.02956; its half must hold the half width, 0.02956: four times the runs.
    assert more_runs(known(1.0, math.log(1.03), 10), 0.03) == pytest.approx(30, abs=1)


def test_more_runs_are_bounded_at_the_threshold_itself():
    # A quarter of the threshold is the least distance, an eighth the half width: 10 * ((0.0296 / 0.0037)^2 - 1) = 630.
    assert more_runs(known(1.03 + 1e-9, math.log(1.03), 10), 0.03) == pytest.approx(630, abs=1)


def test_more_runs_reach_the_fewest_first():
    assert more_runs(evidence([1.0, 1.1], [1.2, 1.3]), 0.03) == 3
    assert more_runs(evidence([1.0], [1.2]), 0.03) == 4


def test_more_runs_are_at_least_one():
    assert more_runs(known(1.5, 0.001, 10), 0.03) == 1
