"""The measurement of the ranking's error rates can tell right from wrong."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import ranking_rates
from harness.orchestrator.analysis.verdict import INCONCLUSIVE, SLOWER
from harness.orchestrator.results.record import write_record
from tests.orchestrator.analysis.ranked_records import rounds

QUIET = {task: np.zeros((5, 3)) for task in ("mnist_mlp", "mnist_cnn")}


def test_without_noise_large_ratios_take_two_rounds_and_none_is_wrong() -> None:
    rng = np.random.default_rng(0)
    assert {ranking_rates.session(QUIET, 2.0, rng) for _ in range(5)} == {(False, 2)}


def test_backends_that_do_not_differ_tie_in_the_end() -> None:
    # half the interval: 2.228 x 5 % x sqrt(3 / 10 / 8) = 2.2 % after eight rounds, 1.9 % after nine
    assert ranking_rates.session(QUIET, 1.0, np.random.default_rng(0)) == (False, 9)


def test_order_that_is_not_so_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking_rates, "verdicts", lambda model, tasks: {"0": (None, None), "1": (SLOWER, None)})
    assert ranking_rates.session({"mnist_mlp": np.zeros((5, 2))}, 1.0, np.random.default_rng(0))[0]


def test_only_what_is_undecided_gets_further_rounds() -> None:
    said = {"a": (None, None), "b": (SLOWER, None), "c": (INCONCLUSIVE, 3), "d": (SLOWER, None)}
    assert ranking_rates.undecided(said) == {"b", "c"}


def test_noise_is_what_is_left_of_recorded_rounds(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking_rates, "ROUNDS", tmp_path / "rounds.csv")
    for record in rounds({"theano": 1.0, "cntk": 3.0}, range(1, 41), noise=0.1):
        write_record(tmp_path / f"{record['run']['name']}.json", record)
    ranking_rates.collect((tmp_path,))
    noise = ranking_rates.recorded()["mnist_mlp"]
    assert noise.shape == (40, 2)
    assert np.abs(noise.mean(axis=0)).max() < 1e-9
    assert (noise[:, 0] - noise[:, 1]).std(ddof=1) == pytest.approx(0.1 * np.sqrt(2), rel=0.3)
