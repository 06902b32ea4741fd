"""Verdicts by exact cases, and how often they err on the recorded runs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.orchestrator.analysis import verdict as rule
from harness.orchestrator.analysis.metrics import FASTEST, METRICS
from harness.orchestrator.analysis.statistics import Evidence, evidence
from harness.orchestrator.analysis.verdict import FASTER, INCONCLUSIVE, SAME, SLOWER, Comparison, decide, fewest_runs

STEADY = [1.00, 1.01, 1.02, 1.03, 1.04, 1.005, 1.015, 1.025, 1.035, 1.045]
QUIET = [1 + place / 10_000 for place in range(10)]


def judge(samples: dict[object, tuple[list, list]], thresholds: dict[object, float]) -> dict[object, Comparison]:
    return rule.judge({case: evidence(*sides) for case, sides in samples.items()}, thresholds)


def verdict(a: list[float], b: list[float], threshold: float = 0.03) -> str:
    return judge({"case": (a, b)}, {"case": threshold})["case"].verdict


def times(runs: list[float], factor: float) -> list[float]:
    return [factor * figure for figure in runs]


def test_slower_is_improbable_and_beyond_the_threshold():
    assert verdict(STEADY, times(STEADY, 1.1)) == SLOWER


def test_faster_is_slower_turned_round():
    assert verdict(times(STEADY, 1.1), STEADY) == FASTER


def test_same_is_the_interval_within_the_threshold():
    assert verdict(QUIET, times(QUIET, 1.001)) == SAME


def test_a_sure_but_small_change_is_the_same():
    found = judge({"case": (QUIET, times(QUIET, 1.02))}, {"case": 0.03})["case"]
    assert (found.verdict, found.more) == (SAME, None)
    assert found.q < 0.001


def test_noise_is_inconclusive_and_says_how_many_runs_settle_it():
    found = judge({"case": ([1.0, 1.3, 0.8, 1.1, 0.9], [1.2, 0.9, 1.0, 1.25, 1.1])}, {"case": 0.03})["case"]
    assert found.verdict == INCONCLUSIVE
    assert found.more > 100


@pytest.mark.parametrize("runs", [1, 2, 4])
def test_few_runs_carry_no_verdict(runs: int):
    found = judge({"case": ([1.0] * runs, [2.0] * runs)}, {"case": 0.03})["case"]
    assert (found.verdict, found.more) == (INCONCLUSIVE, 5 - runs)


def test_what_one_case_would_show_nine_cases_do_not():
    a, b = [1.0, 1.1, 1.2, 1.3, 1.4], [1.35, 1.5, 1.6, 1.45, 1.7]
    alike = [1.0, 1.2, 0.9, 1.1, 1.05]
    others = {number: (alike, [figure + 0.001 for figure in alike]) for number in range(8)}
    alone = judge({"case": (a, b)}, {"case": 0.03})["case"]
    among = judge({"case": (a, b), **others}, dict.fromkeys(["case", *others], 0.03))["case"]
    assert (alone.verdict, among.verdict) == (SLOWER, INCONCLUSIVE)
    assert alone.q == alone.evidence.p == among.evidence.p
    assert among.q == pytest.approx(9 * alone.q)


@pytest.mark.parametrize(
    ("cases", "interleaved", "runs"),
    [
        (1, True, 5),
        (9, True, 5),
        (1, False, 5),
        (6, False, 5),  # 2 of 252 ways for each: 0.048
        (7, False, 6),  # 0.056, and of 924 ways 0.015
        (23, False, 6),
        (24, False, 7),
        (260_015, False, 13),  # of 10,400,600 ways a twentieth exactly
    ],
)
def test_fewest_runs_are_those_that_can_be_improbable_enough(cases: int, interleaved: bool, runs: int):
    assert fewest_runs(cases, interleaved) == runs


def between(low: float, high: float, p: float = 0.001, runs: tuple[int, int] = (6, 6), interleaved: bool = True):
    """Evidence whose interval has these bounds, and whose ratio is their geometric mean."""
    return Evidence(*runs, 1.0, 1.0, math.sqrt(low * high), low, high, p, interleaved)


def above(value: float) -> float:
    return math.nextafter(value, math.inf)


def below(value: float) -> float:
    return math.nextafter(value, 0.0)


# With a threshold of 1/4 the limits are 0.8 and 1.25, exactly.
@pytest.mark.parametrize(
    ("low", "high", "q", "verdict"),
    [
        (above(1.25), 1.5, 0.05, SLOWER),
        (above(1.25), 1.5, above(0.05), INCONCLUSIVE),
        (1.25, 1.5, 0.0, INCONCLUSIVE),
        (0.5, below(0.8), 0.05, FASTER),
        (0.5, below(0.8), above(0.05), INCONCLUSIVE),
        (0.5, 0.8, 0.0, INCONCLUSIVE),
        (0.8, 1.25, 0.0, SAME),
        (0.8, 1.25, 1.0, SAME),
        (below(0.8), 1.25, 1.0, INCONCLUSIVE),
        (0.8, above(1.25), 1.0, INCONCLUSIVE),
        (0.6, 1.0, 1.0, INCONCLUSIVE),
    ],
)
def test_verdict_at_the_limits_themselves(low: float, high: float, q: float, verdict: str):
    known = between(low, high)
    found = decide(known, q, 0.25)
    assert found.verdict == verdict
    assert (found.evidence, found.q, found.threshold) == (known, q, 0.25)
    assert (found.more is None) == (verdict != INCONCLUSIVE)


@pytest.mark.parametrize(("low", "high"), [(1.3, 1.5), (0.5, 0.7), (0.9, 1.1)])
def test_each_side_needs_five_runs_for_a_verdict(low: float, high: float):
    assert decide(between(low, high, runs=(5, 5)), 0.01, 0.25).verdict != INCONCLUSIVE
    assert decide(between(low, high, runs=(4, 9)), 0.01, 0.25).verdict == INCONCLUSIVE
    assert decide(between(low, high, runs=(9, 4)), 0.01, 0.25).verdict == INCONCLUSIVE


@pytest.mark.parametrize(
    ("ratio", "direction"), [(1.25, None), (above(1.25), SLOWER), (0.8, None), (below(0.8), FASTER), (1.0, None)]
)
def test_direction_is_that_of_a_ratio_beyond_the_threshold(ratio: float, direction: str | None):
    known = Evidence(6, 6, 1.0, 1.0, ratio, 0.1, 10.0, 0.001, interleaved=True)
    assert Comparison(INCONCLUSIVE, known, 0.001, 0.25).direction == direction


@pytest.mark.parametrize(
    ("p", "q", "runs", "suspected"),
    [
        (0.02, 1.0, 5, SLOWER),
        (above(0.02), above(0.05), 5, None),
        (above(0.02), 0.05, 5, SLOWER),
        (0.001, 0.001, 4, None),
    ],
)
def test_suspicion_needs_one_of_two_probabilities_and_five_runs(p: float, q: float, runs: int, suspected: str | None):
    assert Comparison(INCONCLUSIVE, between(1.0, 2.0, p, (runs, runs)), q, 0.25).suspected == suspected


@pytest.mark.parametrize(
    ("p", "interleaved", "runs", "upheld"),
    [
        (0.05, True, 5, True),
        (above(0.05), True, 5, False),
        (0.01, False, 5, True),
        (above(0.01), False, 5, False),
        (0.001, True, 4, False),
    ],
)
def test_fresh_runs_confirm_by_how_improbable_they_are(p: float, interleaved: bool, runs: int, upheld: bool):
    found = Comparison(INCONCLUSIVE, between(1.0, 2.0, p, (runs, runs), interleaved), 1.0, 0.25)
    assert found.confirms(SLOWER) is upheld
    assert not found.confirms(FASTER)


def test_nothing_to_judge_gives_no_comparisons():
    assert judge({}, {}) == {}


def test_fastest_epoch_is_read_from_the_timed_epochs():
    epochs = [{"train_s": 0.5, "warmup": True}, {"train_s": 0.9, "warmup": False}, {"train_s": 0.8, "warmup": False}]
    record = {"epochs": epochs, "metrics": {"compile_s": 1.5}}
    assert METRICS[FASTEST].of(record) == 0.8
    assert METRICS["compile_s"].of(record) == 1.5
    assert METRICS[FASTEST].of({"epochs": [], "metrics": {}}) is None
    assert METRICS["energy_j_per_epoch"].of(record) is None


def test_ties_are_no_difference():
    assert verdict([1.0] * 10, [1.0] * 10) == SAME
    assert np.isfinite(judge({"case": ([1.0] * 10, [1.0] * 10)}, {"case": 0.03})["case"].q)
