"""Ratios of backends from rounds that are blocks, complete or not."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest

from harness.orchestrator.analysis import contrasts
from harness.orchestrator.analysis.contrasts import Contrasts, figures
from tests.orchestrator.analysis.ranked_records import rounds, run

# Of Student's distribution with five degrees of freedom: what 2.5 % exceed (any table has it).
T_975_5 = 2.570582


def blocks(rows: list[list[float]]) -> list[dict[str, float]]:
    """Rounds of a, b, ...; nan: it has no run."""
    return [{"abcd"[i]: value for i, value in enumerate(row) if not math.isnan(value)} for row in rows]


def test_two_backends_are_judged_as_interleaved_sides_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contrasts, "PRIOR_ROUNDS", 0)
    logs = [math.log(1.1), math.log(1.2), math.log(1.3)] * 2
    weather = [0.0, 3.0, -1.0, 2.0, 0.5, 9.0]
    found = Contrasts(blocks([[slow, slow + log] for slow, log in zip(weather, logs, strict=True)])).between("a", "b")
    error = statistics.stdev(logs) / math.sqrt(6)
    assert found.ratio == pytest.approx(math.cbrt(1.1 * 1.2 * 1.3))
    assert [math.log(bound) for bound in found.bounds] == pytest.approx(
        [statistics.mean(logs) - T_975_5 * error, statistics.mean(logs) + T_975_5 * error]
    )
    assert found.p == pytest.approx(0.00199, abs=1e-5)  # 5.838 standard errors from 0


def test_noise_that_looks_small_by_chance_is_not_believed() -> None:
    quiet = Contrasts(blocks([[0.0, 0.5], [1.0, 1.5]])).between("a", "b")
    # three rounds of a standard deviation of 5 % and one of none, shared out among four degrees of freedom
    assert quiet.spread == pytest.approx(math.sqrt(3 * 0.05**2 / 4))
    assert quiet.error == pytest.approx(quiet.spread / math.sqrt(2))
    assert quiet.freedom == 4


def test_a_pair_is_never_quieter_than_all_backends_together() -> None:
    rng = np.random.default_rng(0)
    noisy = [[0.0, 0.5, rng.normal(), rng.normal()] for _ in range(6)]
    alone, among = (Contrasts(blocks([row[:width] for row in noisy])).between("a", "b") for width in (2, 4))
    assert among.ratio == pytest.approx(alone.ratio)
    assert among.spread > 5 * alone.spread


def test_rounds_without_one_backend_say_what_they_can() -> None:
    nan = math.nan
    model = Contrasts(blocks([[0.0, 1.0, 2.0], [5.0, 6.0, 7.0], [nan, 3.0, 4.2], [nan, 8.0, 9.2]]))
    assert model.order() == ["a", "b", "c"]
    # c / b from four rounds, and c / a through b as well: both agree, as ratios of one model do
    assert model.between("b", "c").distance == pytest.approx(1.1)
    assert model.between("a", "c").distance == pytest.approx(
        model.between("a", "b").distance + model.between("b", "c").distance
    )
    assert (model.between("a", "b").rounds, model.between("b", "c").rounds) == (2, 4)


def test_one_shared_round_gives_a_ratio_without_bounds() -> None:
    found = Contrasts(blocks([[0.0, 1.0]])).between("a", "b")
    assert found.ratio == pytest.approx(math.e)
    assert (found.bounds, found.p) == ((0.0, math.inf), 1.0)


def test_what_slows_some_seconds_slows_the_epochs_of_all() -> None:
    weather = np.array([1.0, 4.0, 1.5])
    runs = {
        "a": run("a", "mnist_mlp", 1, weather * [1.0, 1.0, 1.0]),
        "b": run("b", "mnist_mlp", 1, weather * [2.0, 2.1, 2.0]),
    }
    found = figures(runs)
    # the middle over the epochs' ratios 2, 2.1 and 2; that of the runs' medians would be 2
    assert found["b"] - found["a"] == pytest.approx(math.log(2), abs=0.03)
    one_slow_epoch = dict(runs, b=run("b", "mnist_mlp", 1, weather * [2.0, 9.0, 2.0]))
    assert figures(one_slow_epoch)["b"] - figures(one_slow_epoch)["a"] < math.log(2.2) + 0.7


def test_epochs_that_all_timed_count_where_one_made_more_to_warm_up() -> None:
    weather = np.array([1.0, 4.0, 1.5, 2.0])
    first = run("a", "mnist_mlp", 1, weather[:3])
    later = run("b", "mnist_mlp", 1, 2 * weather)
    later["epochs"][0]["warmup"] = True
    found = figures({"a": first, "b": later})
    assert found["b"] - found["a"] == pytest.approx(math.log(2))
    for epoch in later["epochs"][:3]:
        epoch["warmup"] = True  # nothing is shared: each one's own middle
    assert figures({"a": first, "b": later})["b"] == pytest.approx(math.log(4))


def test_only_runs_that_are_ok_count() -> None:
    records = rounds({"cntk": 1.0, "numpy": 2.0}, (1, 2))
    records[-1]["status"] = "wrong"
    model = contrasts.contrasts(records)
    assert [sorted(block) for block in model.blocks] == [["cntk", "numpy"], ["cntk"]]
