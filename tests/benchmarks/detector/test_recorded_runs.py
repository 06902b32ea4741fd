"""The rule on the recorded runs, on few suites: what docs/design/regression.md says holds, and the rule can fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.detector import rules
from benchmarks.detector.contest import OURS, RUNS, STEADY
from benchmarks.detector.measure import Contestant, false_alarms, power, settle
from benchmarks.detector.recorded import INTERLEAVED, SEPARATE, load
from benchmarks.detector.suites import Recorded, Suite, recorded
from harness.orchestrator.analysis.metrics import FASTEST, MEDIAN

OF_INTERLEAVED = Contestant("one metric, interleaved", *rules.ours(STEADY["interleaved"]))
OF_SEPARATE = Contestant("one metric, separate", *rules.ours(STEADY["separate"]))


@pytest.fixture(scope="module")
def interleaved() -> Recorded:
    return recorded(load(INTERLEAVED))


@pytest.fixture(scope="module")
def separate() -> Recorded:
    return recorded(load(SEPARATE))


def test_there_are_runs_and_memory_layouts_enough(interleaved: Recorded):
    table = load(INTERLEAVED)
    assert len(interleaved.cases) == 9
    assert sum(blocks.size for blocks in interleaved.blocks.values()) >= 200
    layouts = table.groupby(["case", "round"])[["path_characters", "environment_bytes"]]
    assert (layouts.nunique() == 1).all(axis=None)
    assert table.groupby(["path_characters", "environment_bytes"]).ngroups >= 40


def test_false_alarms_of_the_gate_are_rare(interleaved: Recorded):
    suspected, confirmed = false_alarms(interleaved, OURS, RUNS, 60)
    assert suspected <= 0.35
    assert confirmed <= 1 / 60


def test_sides_as_they_were_raise_no_more(interleaved: Recorded):
    """So nothing but chance tells a revision in the cache and a checkout separate."""
    _, confirmed = false_alarms(replace(interleaved, swapped=False), OURS, RUNS, 60)
    assert confirmed <= 1 / 60


def test_false_alarms_of_separate_runs_are_rare(separate: Recorded):
    suspected, confirmed = false_alarms(separate, OF_SEPARATE, RUNS, 200)
    assert suspected <= 0.2
    assert confirmed <= 0.01


def test_ten_per_cent_is_found_in_ten_interleaved_rounds(interleaved: Recorded):
    found = [confirmed for _, confirmed in power(interleaved, OF_INTERLEAVED, RUNS, 0.10, 10).values()]
    assert np.mean(found) >= 0.95


def test_five_per_cent_is_found_with_the_rounds_asked_for(interleaved: Recorded):
    rng, found = np.random.default_rng(0), []
    for case in interleaved.cases:
        found += [case in settle(interleaved, MEDIAN, RUNS, rng, {case: 1.05})[1] for _ in range(3)]
    assert np.mean(found) >= 0.9


def test_interleaved_runs_find_what_separate_ones_do_not(interleaved: Recorded, separate: Recorded):
    of_interleaved = np.mean(list(power(interleaved, OF_INTERLEAVED, RUNS, 0.05, 5).values()))
    assert of_interleaved > 0.2 + np.mean(list(power(separate, OF_SEPARATE, RUNS, 0.05, 5).values()))


def test_a_rule_without_a_test_gives_false_alarms(separate: Recorded):
    def longer_mean(suite: Suite) -> set[rules.Alarm]:
        figures = suite.figures(MEDIAN)
        return {(case, MEDIAN) for case, (a, b) in figures.items() if b.mean() > 1.03 * a.mean()}

    assert false_alarms(separate, Contestant("no test", longer_mean), RUNS, 50)[0] > 0.5


def test_blocks_of_separate_runs_are_neighbours_of_one_case(separate: Recorded):
    table = load(SEPARATE)
    for case, blocks in separate.blocks.items():
        assert set(table["case"].to_numpy()[blocks].ravel()) == {case}
        rounds = table["round"].to_numpy()[blocks]
        assert (rounds[:, 0] < rounds[:, 1]).all()
        assert len(np.unique(blocks)) == blocks.size


def test_blocks_of_interleaved_runs_are_the_sides_of_a_round(interleaved: Recorded):
    table = load(INTERLEAVED)
    for case, blocks in interleaved.blocks.items():
        assert set(table["case"].to_numpy()[blocks].ravel()) == {case}
        rounds, sides = table["round"].to_numpy()[blocks], table["side"].to_numpy()[blocks]
        assert (rounds[:, 0] == rounds[:, 1]).all()
        assert (sides == ["baseline", "candidate"]).all()


def test_a_slowdown_of_one_side_is_the_ratio_of_its_epochs(interleaved: Recorded):
    case = interleaved.cases[0]
    suite = Suite(interleaved, {case: (interleaved.blocks[case][:, 0], interleaved.blocks[case][:, 1])})
    for key in (MEDIAN, FASTEST):
        slowed = Suite(interleaved, suite.sides, {case: 1.25}).ratios(case, key)
        assert slowed == pytest.approx(1.25 * suite.ratios(case, key))
