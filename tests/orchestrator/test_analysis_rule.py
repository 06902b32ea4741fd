"""Verdicts by exact cases, and how often they err on the recorded runs."""

from __future__ import annotations

import numpy as np
import pytest

from harness.orchestrator.analysis import rule
from harness.orchestrator.analysis.metrics import FASTEST, METRICS
from harness.orchestrator.analysis.rule import FASTER, INCONCLUSIVE, SAME, SLOWER, Finding, fewest_runs
from harness.orchestrator.analysis.statistics import evidence

STEADY = [1.00, 1.01, 1.02, 1.03, 1.04, 1.005, 1.015, 1.025, 1.035, 1.045]
QUIET = [1 + place / 10_000 for place in range(10)]


def judge(samples: dict[object, tuple[list, list]], thresholds: dict[object, float]) -> dict[object, Finding]:
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


@pytest.mark.parametrize(("cases", "in_turns", "runs"), [(1, True, 5), (9, True, 5), (1, False, 5), (9, False, 6)])
def test_fewest_runs_are_those_that_can_be_improbable_enough(cases: int, in_turns: bool, runs: int):
    assert fewest_runs(cases, in_turns) == runs


def test_nothing_to_judge_gives_no_findings():
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
