"""The rule on the recorded runs, on few suites: what docs/design/regression.md says holds, and the rule can fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.detector import rules
from benchmarks.detector.contest import OURS, RUNS, STEADY
from benchmarks.detector.measure import Contestant, false_alarms, power, settle
from benchmarks.detector.recorded import APART, TURNS, load
from benchmarks.detector.suites import Recorded, Suite, recorded
from harness.orchestrator.analysis.metrics import FASTEST, MEDIAN

IN_TURNS = Contestant("one metric, in turns", *rules.ours(STEADY["turns"]))
IS_APART = Contestant("one metric, apart", *rules.ours(STEADY["apart"]))


@pytest.fixture(scope="module")
def turns() -> Recorded:
    return recorded(load(TURNS))


@pytest.fixture(scope="module")
def apart() -> Recorded:
    return recorded(load(APART))


def test_there_are_runs_and_memory_layouts_enough(turns: Recorded):
    table = load(TURNS)
    assert len(turns.cases) == 9
    assert sum(blocks.size for blocks in turns.blocks.values()) >= 200
    layouts = table.groupby(["case", "round"])[["path_characters", "environment_bytes"]]
    assert (layouts.nunique() == 1).all(axis=None)
    assert table.groupby(["path_characters", "environment_bytes"]).ngroups >= 40


def test_false_alarms_of_the_gate_are_rare(turns: Recorded):
    suspected, confirmed = false_alarms(turns, OURS, RUNS, 60)
    assert suspected <= 0.35
    assert confirmed <= 1 / 60


def test_sides_as_they_were_raise_no_more(turns: Recorded):
    """So nothing but chance tells a revision in the cache and a checkout apart."""
    _, confirmed = false_alarms(replace(turns, swapped=False), OURS, RUNS, 60)
    assert confirmed <= 1 / 60


def test_false_alarms_of_runs_apart_are_rare(apart: Recorded):
    suspected, confirmed = false_alarms(apart, IS_APART, RUNS, 200)
    assert suspected <= 0.2
    assert confirmed <= 0.01


def test_ten_per_cent_is_found_in_ten_rounds_in_turns(turns: Recorded):
    found = [confirmed for _, confirmed in power(turns, IN_TURNS, RUNS, 0.10, 10).values()]
    assert np.mean(found) >= 0.95


def test_five_per_cent_is_found_with_the_rounds_asked_for(turns: Recorded):
    rng, found = np.random.default_rng(0), []
    for case in turns.cases:
        found += [case in settle(turns, MEDIAN, RUNS, rng, {case: 1.05})[1] for _ in range(3)]
    assert np.mean(found) >= 0.9


def test_turns_find_what_runs_apart_do_not(turns: Recorded, apart: Recorded):
    in_turns = np.mean(list(power(turns, IN_TURNS, RUNS, 0.05, 5).values()))
    assert in_turns > 0.2 + np.mean(list(power(apart, IS_APART, RUNS, 0.05, 5).values()))


def test_a_rule_without_a_test_gives_false_alarms(apart: Recorded):
    def longer_mean(suite: Suite) -> set[rules.Alarm]:
        figures = suite.figures(MEDIAN)
        return {(case, MEDIAN) for case, (a, b) in figures.items() if b.mean() > 1.03 * a.mean()}

    assert false_alarms(apart, Contestant("no test", longer_mean), RUNS, 50)[0] > 0.5


def test_blocks_of_runs_apart_are_neighbours_of_one_case(apart: Recorded):
    table = load(APART)
    for case, blocks in apart.blocks.items():
        assert set(table["case"].to_numpy()[blocks].ravel()) == {case}
        rounds = table["round"].to_numpy()[blocks]
        assert (rounds[:, 0] < rounds[:, 1]).all()
        assert len(np.unique(blocks)) == blocks.size


def test_blocks_of_runs_in_turns_are_the_sides_of_a_round(turns: Recorded):
    table = load(TURNS)
    for case, blocks in turns.blocks.items():
        assert set(table["case"].to_numpy()[blocks].ravel()) == {case}
        rounds, sides = table["round"].to_numpy()[blocks], table["side"].to_numpy()[blocks]
        assert (rounds[:, 0] == rounds[:, 1]).all()
        assert (sides == ["baseline", "candidate"]).all()


def test_a_slowdown_of_one_side_is_the_ratio_of_its_turns(turns: Recorded):
    case = turns.cases[0]
    suite = Suite(turns, {case: (turns.blocks[case][:, 0], turns.blocks[case][:, 1])})
    for key in (MEDIAN, FASTEST):
        slowed = Suite(turns, suite.sides, {case: 1.25}).ratios(case, key)
        assert slowed == pytest.approx(1.25 * suite.ratios(case, key))
