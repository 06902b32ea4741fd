"""Sides that ran in the same rounds are judged round by round."""

from __future__ import annotations

import math
import random

import pytest
from sample_records import broken, sample

from harness.orchestrator.analysis import pairs
from harness.orchestrator.analysis.comparison import compare
from harness.orchestrator.analysis.metrics import METRICS
from harness.orchestrator.analysis.rule import INCONCLUSIVE, SAME
from harness.orchestrator.matrix import CONFIRM, FIRST

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


def test_probability_counts_the_ways_to_swap_the_sides_of_rounds() -> None:
    found = pairs.evidence(pairs.pairs(*both([1.1, 1.2, 1.3, 1.1, 1.2, 1.3]), EPOCH, FIRST), EPOCH)
    assert found.p == pytest.approx(2 / 64)
    assert found.ratio == pytest.approx(math.cbrt(1.1 * 1.2 * 1.3))
    assert found.in_turns
    assert (found.runs_a, found.runs_b) == (6, 6)
    assert 1.1 <= found.low < found.ratio < found.high <= 1.3


def test_sides_that_do_not_differ_are_alike() -> None:
    found = pairs.evidence(pairs.pairs(*both([1.0] * 8), MEMORY, FIRST), MEMORY)
    assert (found.p, found.ratio, found.low, found.high) == (1.0, 1.0, 1.0, 1.0)


def test_what_slows_both_sides_of_a_round_does_not_hide_a_difference() -> None:
    draw = random.Random(5)
    weather = [draw.uniform(1, 2) for _ in range(10)]
    a, b = both([1.1 + draw.gauss(0, 0.005) for _ in range(10)], weather)
    (line,) = compare(a, b, ["epoch_s"])
    assert line.verdict == INCONCLUSIVE
    assert line.reason == "slower in the first runs; not confirmed by fresh ones"
    assert line.first.evidence.ratio == pytest.approx(1.1, abs=0.01)
    (line,) = compare(*both([1.0 + draw.gauss(0, 0.005) for _ in range(10)], weather), ["epoch_s"])
    assert line.verdict == SAME


def test_epochs_are_compared_turn_by_turn() -> None:
    weather = [1.0, 3.0, 1.0, 2.0, 5.0]
    pair = run("a", 1, weather), run("b", 1, [1.2 * weather[0], 1.1 * 3, 1.1 * 1, 1.1 * 2, 0.5 * 5])
    assert pairs.ratio(pair, EPOCH) == pytest.approx(1.1)


def test_rounds_in_which_a_side_has_no_figure_and_other_stages_do_not_count() -> None:
    a, b = both([1.1] * 6)
    failed = broken("cntk", "mnist_mlp", "failed", "why")
    failed["run"].update(side="b", stage=FIRST, round=6)
    assert len(pairs.pairs(a, [*b[:5], failed], EPOCH, FIRST)) == 5
    assert pairs.pairs(a, b, EPOCH, CONFIRM) == []


def test_runs_of_different_sessions_are_no_pairs() -> None:
    a, b = both([1.1] * 6)
    for record in b:
        record["session"] = {**record["session"], "id": "another"}
    assert pairs.pairs(a, b, EPOCH, FIRST) == []
    without = [{**record, "run": {**record["run"], "side": None}} for record in a]
    assert pairs.pairs(without, without, EPOCH, FIRST) == []
