"""Exact cases of the evidence: p, adjusted p, the interval and the recommended number of runs."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from harness.orchestrator.analysis.statistics import Evidence, adjusted, evidence, more_runs


def test_p_is_the_share_of_orders_as_extreme():
    # 5 and 5 wholly apart: two of the 252 ways to choose 5 of 10.
    found = evidence([1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 8.0, 9.0, 10.0])
    assert found.p == pytest.approx(2 / 252)
    assert evidence([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]).p == pytest.approx(2 / 20)


def test_p_of_interleaved_runs_is_one():
    assert evidence([1.0, 4.0], [2.0, 3.0]).p == 1.0


def test_p_equals_a_count_over_all_orders():
    a, b = [1.00, 1.05, 1.01, 1.20, 1.03], [1.02, 1.11, 1.30, 1.08, 1.16]
    values = a + b
    beaten = [
        sum(values[j] > values[i] for i in chosen for j in range(10) if j not in chosen)
        for chosen in itertools.combinations(range(10), 5)
    ]
    seen = sum(y > x for x in a for y in b)
    extreme = sum(abs(count - 12.5) >= abs(seen - 12.5) for count in beaten)
    assert evidence(a, b).p == pytest.approx(extreme / 252)


def test_ratio_is_the_median_of_all_pairs():
    # b / a: 2 2.5 3, 1 1.25 1.5, 0.5 0.625 0.75
    found = evidence([1.0, 2.0, 4.0], [2.0, 2.5, 3.0])
    assert found.ratio == 1.25
    assert (found.median_a, found.median_b) == (2.0, 2.5)
    assert (found.runs_a, found.runs_b) == (3, 3)


def test_interval_leaves_out_what_the_test_rejects():
    # 5 and 5: U <= 2 has probability 4 / 252 on each side, so the third ratio from either end bounds 96.8 %.
    a, b = [1.0] * 5, [1.1, 1.2, 1.3, 1.4, 1.5]
    found = evidence(a, b)
    ratios = sorted(y / x for x in a for y in b)
    assert (found.low, found.high) == (ratios[2], ratios[-3])


@pytest.mark.parametrize("runs", [1, 2, 3])
def test_interval_of_few_runs_is_unbounded(runs: int):
    found = evidence([1.0] * runs, [2.0] * runs)
    assert (found.low, found.high) == (0.0, math.inf)


def test_interval_of_one_factor_is_that_factor():
    a = [1.0] * 8
    found = evidence(a, [1.1] * 8)
    assert (found.low, found.ratio, found.high) == (1.1, 1.1, 1.1)


@pytest.mark.parametrize("runs", [6, 10])
def test_interval_covers_the_truth_as_often_as_promised(runs: int):
    rng = np.random.default_rng(0)
    drawn = [evidence(*(rng.lognormal(0, 0.1, runs), 1.07 * rng.lognormal(0, 0.1, runs))) for _ in range(1000)]
    covered = np.mean([found.low <= 1.07 <= found.high for found in drawn])
    assert 0.94 <= covered <= 0.985


def test_interval_and_p_agree_whether_sides_differ():
    rng = np.random.default_rng(1)
    for _ in range(300):
        found = evidence(rng.lognormal(0, 0.1, 10), rng.lognormal(0.1, 0.1, 10))
        if abs(found.p - 0.05) > 0.01:  # both are approximations
            assert (found.p < 0.05) == (not found.low <= 1 <= found.high)


def test_adjusted_is_benjamini_and_hochbergs():
    # Sorted: 0.01 * 4 / 1, 0.02 * 4 / 2, 0.03 * 4 / 3, 0.5 * 4 / 4; none above a later one.
    assert adjusted([0.03, 0.01, 0.5, 0.02]) == pytest.approx([0.04, 0.04, 0.5, 0.04])
    assert adjusted([0.01, 0.02, 0.5]) == pytest.approx([0.03, 0.03, 0.5])
    assert adjusted([]) == []


def known(ratio: float, half: float, runs: int) -> Evidence:
    """Evidence whose interval reaches `half` in logarithms to either side of the ratio."""
    return Evidence(runs, runs, 1.0, ratio, ratio, ratio * math.exp(-half), ratio * math.exp(half), 0.5)


def test_more_runs_make_a_small_difference_clear_of_one():
    # From 1 to 1.2 is 0.1823; 0.4145 of it, 0.0756, is nearer than the threshold: 10 * ((0.1512 / 0.0756)^2 - 1) = 30.
    clear = 1.959964 / (1.959964 + 2.772940)
    assert more_runs(known(1.2, 2 * clear * math.log(1.2), 10), 0.03) == pytest.approx(30, abs=1)


def test_more_runs_make_it_clear_of_the_threshold():
    # From 1.05 to 1.03 is 0.01923: a half width of thrice that needs nine times the runs.
    assert more_runs(known(1.05, 3 * math.log(1.05 / 1.03), 10), 0.03) == pytest.approx(80, abs=1)


def test_more_runs_for_sameness_halve_the_distance():
    # From 1 to 1.03 is 0.02956; its half must hold the half width, 0.02956: four times the runs.
    assert more_runs(known(1.0, math.log(1.03), 10), 0.03) == pytest.approx(30, abs=1)


def test_more_runs_are_bounded_at_the_threshold_itself():
    # A quarter of the threshold is the least distance: 10 * ((0.0296 / 0.0074)^2 - 1) = 150.
    assert more_runs(known(1.03 + 1e-9, math.log(1.03), 10), 0.03) == pytest.approx(150, abs=1)


def test_more_runs_reach_the_fewest_first():
    assert more_runs(evidence([1.0, 1.1], [1.2, 1.3]), 0.03) == 3
    assert more_runs(evidence([1.0], [1.2]), 0.03) == 4


def test_more_runs_are_at_least_one():
    assert more_runs(known(1.5, 0.001, 10), 0.03) == 1
