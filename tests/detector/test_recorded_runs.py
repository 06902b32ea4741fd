"""The rule on the recorded runs, on few suites: what docs/design/regression.md says holds, and the rule can fail."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.detector import rules
from benchmarks.detector.contest import OURS, RUNS
from benchmarks.detector.measure import Contestant, false_alarms, power, settle
from benchmarks.detector.recorded import load
from benchmarks.detector.suites import Recorded, recorded
from harness.orchestrator.analysis.metrics import FASTEST


@pytest.fixture(scope="module")
def data() -> Recorded:
    return recorded(load())


def test_false_alarms_are_rare(data: Recorded):
    named, confirmed = false_alarms(data, OURS, RUNS, 200)
    assert named <= 0.08
    assert confirmed <= 0.01


def test_ten_per_cent_is_found(data: Recorded):
    found = [confirmed for _, confirmed in power(data, OURS, RUNS, 0.10, 10).values()]
    assert np.mean(found) >= 0.55


def test_five_per_cent_is_found_with_the_runs_asked_for(data: Recorded):
    rng, found = np.random.default_rng(0), []
    for case in data.cases:
        found += [case in settle(data, FASTEST, RUNS, rng, {case: 1.05})[1] for _ in range(3)]
    assert np.mean(found) >= 0.75


def test_a_rule_without_a_test_gives_false_alarms(data: Recorded):
    def longer_mean(suite: rules.Suite) -> set[str]:
        return {case for case, (a, b) in suite.figures("epoch_s").items() if b.mean() > 1.03 * a.mean()}

    assert false_alarms(data, Contestant("no test", longer_mean), RUNS, 50)[0] > 0.5


def test_blocks_are_neighbours_of_one_case(data: Recorded):
    table = load()
    for case, blocks in data.blocks.items():
        assert set(table["case"].to_numpy()[blocks].ravel()) == {case}
        rounds = table["round"].to_numpy()[blocks]
        assert (rounds[:, 0] < rounds[:, 1]).all()
        assert len(np.unique(blocks)) == blocks.size
