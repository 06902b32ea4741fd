"""Sides that ran in the same rounds are judged round by round."""

from __future__ import annotations

import math
import random
import statistics

import numpy as np
import pytest

from harness.orchestrator.analysis import pairs
from harness.orchestrator.analysis.comparison import compare
from harness.orchestrator.analysis.metrics import METRICS
from harness.orchestrator.analysis.verdict import INCONCLUSIVE, SAME
from harness.orchestrator.core.cases import CONFIRM, FIRST
from tests.orchestrator.sample_records import broken, sample

EPOCH = METRICS["epoch_s"]
MEMORY = METRICS["max_rss_bytes"]


def run(side: str, number: int, epochs: list[float], stage: str = FIRST) -> dict:
    """A run whose epochs took so long."""
    record = sample("cntk", "mnist_mlp", number=number)
    record["run"].update(side=side, stage=stage)
    record["metrics"]["epoch_s"] = sorted(epochs)[len(epochs) // 2]
    record["epochs"] = [{"index": i, "warmup": False, "train_s": took} for i, took in enumerate(epochs)]
    return record


def both(scales: list[float], slow: list[float] | None = None) -> tuple[list[dict], list[dict]]:
    """Sides of which b takes `scales` as long; in each round the machine is slower than in the first by `slow`."""
    slow = slow or [1.0] * len(scales)
    a = [run("a", number, [weather]) for number, weather in enumerate(slow, 1)]
    b = [
        run("b", number, [weather * scale]) for number, (weather, scale) in enumerate(zip(slow, scales, strict=True), 1)
    ]
    return a, b


# Of Student's distribution with five degrees of freedom: what 2.5 % exceed (any table has it).
T_975_5 = 2.570582


def test_rounds_are_judged_by_students_test_of_their_logarithms() -> None:
    scales = [1.1, 1.2, 1.3, 1.1, 1.2, 1.3]
    found = pairs.evidence(pairs.pairs(*both(scales), EPOCH, FIRST), EPOCH)
    logs = [math.log(scale) for scale in scales]
    error = statistics.stdev(logs) / math.sqrt(6)
    assert found.ratio == pytest.approx(math.cbrt(1.1 * 1.2 * 1.3))
    assert math.log(found.low) == pytest.approx(statistics.mean(logs) - T_975_5 * error)
    assert math.log(found.high) == pytest.approx(statistics.mean(logs) + T_975_5 * error)
    assert found.p == pytest.approx(0.00199, abs=1e-5)  # 5.838 standard errors from 0
    assert found.interleaved
    assert (found.median_a, found.median_b) == (1.0, pytest.approx(1.2))
    assert (found.runs_a, found.runs_b) == (6, 6)


def test_p_is_a_twentieth_where_the_interval_ends_at_one() -> None:
    spread = [-1.0, 1.0, -1.0, 1.0, -1.0, 1.0]
    error = statistics.stdev(spread) / math.sqrt(6)
    low, _, p = pairs.student(np.array([T_975_5 * error + each for each in spread]))
    assert (low, p) == (pytest.approx(1, abs=1e-5), pytest.approx(0.05, abs=1e-6))


def test_two_rounds_are_enough_for_an_interval() -> None:
    # Of one degree of freedom: 12.7062 is what 2.5 % exceed, and t is exceeded in 1/2 - atan(t) / pi; here t is 2.
    low, high, p = pairs.student(np.array([0.1, 0.3]))
    assert (math.log(low), math.log(high)) == (pytest.approx(0.2 - 1.27062), pytest.approx(0.2 + 1.27062))
    assert p == pytest.approx(1 - 2 * math.atan(2) / math.pi)


def test_one_round_says_nothing_and_rounds_that_agree_wholly_leave_no_doubt() -> None:
    assert pairs.student(np.array([0.5])) == (0.0, math.inf, 1.0)
    assert pairs.student(np.log([1.25, 1.25, 1.25])) == (pytest.approx(1.25), pytest.approx(1.25), 0.0)


def test_sides_that_do_not_differ_are_alike() -> None:
    found = pairs.evidence(pairs.pairs(*both([1.0] * 8), MEMORY, FIRST), MEMORY)
    assert (found.p, found.ratio, found.low, found.high) == (1.0, 1.0, 1.0, 1.0)


def test_a_single_round_that_was_spoilt_does_not_make_a_difference() -> None:
    draw = random.Random(3)
    scales = [1 + draw.gauss(0, 0.005) for _ in range(9)] + [1.5]
    (line,) = compare(*both(scales), ["epoch_s"])
    assert (line.verdict, line.first.suspected) == (INCONCLUSIVE, None)


def test_what_slows_both_sides_of_a_round_does_not_hide_a_difference() -> None:
    draw = random.Random(5)
    weather = [draw.uniform(1, 2) for _ in range(10)]
    a, b = both([1.1 + draw.gauss(0, 0.005) for _ in range(10)], weather)
    (line,) = compare(a, b, ["epoch_s"])
    assert line.verdict == INCONCLUSIVE
    assert line.reason == "slower, but not yet confirmed by fresh runs"
    assert line.first.evidence.ratio == pytest.approx(1.1, abs=0.01)
    (line,) = compare(*both([1.0 + draw.gauss(0, 0.005) for _ in range(10)], weather), ["epoch_s"])
    assert line.verdict == SAME


def test_epochs_are_compared_turn_by_turn() -> None:
    weather = [1.0, 3.0, 1.0, 2.0, 5.0]
    pair = run("a", 1, weather), run("b", 1, [1.2 * weather[0], 1.1 * 3, 1.1 * 1, 1.1 * 2, 0.5 * 5])
    pair[1]["metrics"].update(epoch_s=7.0, max_rss_bytes=3 * 10**9)  # the median epoch says nothing of turns
    assert pairs.ratio(pair, MEMORY) == pytest.approx(3)
    assert pairs.ratio(pair, EPOCH) == pytest.approx(1.1)
    assert pairs.ratio(pair[::-1], EPOCH) == pytest.approx(1 / 1.1)


def test_turns_that_one_side_alone_has_are_left_out() -> None:
    assert pairs.ratio((run("a", 1, [1.0, 1.0, 1.0]), run("b", 1, [1.5, 1.5])), EPOCH) == pytest.approx(1.5)


def test_middle_is_that_of_the_means_of_any_two() -> None:
    assert pairs.middle(np.array([1.0, 4.0])) == pytest.approx(2.0)  # of 1, 2, 4
    assert pairs.middle(np.array([1.0, 2.0, 16.0])) == pytest.approx(math.sqrt(8))  # of 1, 1.4, 2, 4, 5.7 and 16


def test_rounds_in_which_a_side_has_no_figure_and_other_stages_do_not_count() -> None:
    a, b = both([1.1] * 6)
    failed = broken("cntk", "mnist_mlp", "failed", "why")
    failed["run"].update(side="b", stage=FIRST, round=6)
    assert len(pairs.pairs(a, [*b[:5], failed], EPOCH, FIRST)) == 5
    assert pairs.pairs(a, b, EPOCH, CONFIRM) == []


def test_rounds_of_a_stage_are_those_that_say_so_and_first_ones_need_not() -> None:
    a, b = both([1.1] * 6)
    for record in (*a[4:], *b[4:]):
        record["run"]["stage"] = CONFIRM
    for record in (*a[:2], *b[:2]):
        del record["run"]["stage"]
    found = {stage: pairs.pairs(a, b, EPOCH, stage) for stage in (FIRST, CONFIRM, None)}
    numbers = {stage: [one["run"]["round"] for one, _ in pairs_] for stage, pairs_ in found.items()}
    assert numbers == {FIRST: [1, 2, 3, 4], CONFIRM: [5, 6], None: [1, 2, 3, 4, 5, 6]}


def test_runs_of_different_sessions_are_no_pairs() -> None:
    a, b = both([1.1] * 6)
    for record in b:
        record["session"] = {**record["session"], "id": "another"}
    assert pairs.pairs(a, b, EPOCH, FIRST) == []
    without = [{**record, "run": {**record["run"], "side": None}} for record in a]
    assert pairs.pairs(without, without, EPOCH, FIRST) == []


def block(backend: str, number: int, took: float) -> dict:
    """A run of a session that compares no sides."""
    record = sample(backend, "mnist_mlp", number=number)
    record["metrics"]["epoch_s"] = took
    record["epochs"] = [{"index": 0, "warmup": False, "train_s": took}]
    return record


def across(slow: list[float], scatter: float = 0.002) -> tuple[list[dict], list[dict]]:
    """Two backends, one 1.2 times as slow, in rounds in which the machine is slower by `slow`."""
    ours = [block("cntk", number, each) for number, each in enumerate(slow, 1)]
    theirs = [block("numpy", n, 1.2 * each * (1 + scatter * (-1) ** n)) for n, each in enumerate(slow, 1)]
    return ours, theirs


def verdict_across(a: list[dict], b: list[dict]) -> tuple[str, object]:
    (line,) = compare(a, b, ["epoch_s"], across=["backend"])
    return line.verdict, line.comparison.evidence


def test_runs_of_a_session_in_the_same_rounds_are_pairs_though_they_are_no_sides() -> None:
    verdict, found = verdict_across(*across([1.0, 3.0, 1.0, 2.0, 1.5, 4.0]))
    assert (found.interleaved, found.in_rounds, found.runs_a) == (False, True, 6)
    assert found.ratio == pytest.approx(1.2, rel=0.001)
    assert verdict == "slower"


def test_rounds_of_a_session_need_no_fresh_ones_only_if_chance_is_improbable_enough() -> None:
    assert verdict_across(*across([1.0] * 4))[0] == INCONCLUSIVE
    assert verdict_across(*across([1.0] * 6, scatter=0.15))[0] == INCONCLUSIVE


def test_runs_of_a_round_that_trained_one_after_the_other_are_compared_by_their_medians() -> None:
    a, b = block("cntk", 1, 1.0), block("numpy", 1, 2.0)
    a["epochs"] = [{"index": i, "warmup": False, "train_s": took} for i, took in enumerate((9.0, 1.0, 1.0))]
    b["epochs"] = [{"index": i, "warmup": False, "train_s": took} for i, took in enumerate((2.0, 2.0, 9.0))]
    assert pairs.ratio((a, b), EPOCH) == 2.0


def test_a_run_is_no_pair_with_itself() -> None:
    records = [block("cntk", number, 1.0) for number in range(1, 7)]
    assert pairs.pairs(records, records, EPOCH) == []
