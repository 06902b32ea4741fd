"""The order of the backends: settled, tied or open; and how often a wrong one is settled."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.orchestrator.analysis import ranking as module
from harness.orchestrator.analysis.ranking import allowed, ranking, task_ranking
from harness.orchestrator.analysis.statistics import holm
from harness.orchestrator.analysis.verdict import INCONCLUSIVE, SAME, SLOWER
from tests.orchestrator.analysis.ranked_records import rounds, run

TASKS = ("mnist_mlp", "mnist_cnn", "imdb_lstm")
FOUR = {"theano": 1.5, "tensorflow": 1.0, "cntk": 3.0, "numpy": 3.01}


def places(records: list[dict]) -> list[tuple[str, str | None]]:
    return [(place.backend, place.verdict) for place in task_ranking(records, 3).places]


def test_one_round_orders_and_settles_nothing() -> None:
    found = places(rounds(FOUR, (1,)))
    assert [backend for backend, _ in found][:2] == ["tensorflow", "theano"]
    assert {verdict for _, verdict in found[1:]} == {INCONCLUSIVE}


def test_large_ratios_are_settled_and_small_ones_stay_open() -> None:
    verdicts = dict(places(rounds(FOUR, range(1, 5))))
    assert (verdicts["tensorflow"], verdicts["theano"]) == (None, SLOWER)
    assert sorted((verdicts["cntk"], verdicts["numpy"])) == sorted((SLOWER, INCONCLUSIVE))


def test_backends_tie_where_the_interval_lies_within_the_threshold() -> None:
    assert places(rounds({"cntk": 1.0, "numpy": 1.0}, range(1, 31), noise=0.005))[1][1] == SAME


def test_places_say_ratios_to_the_fastest_with_their_intervals() -> None:
    found = task_ranking(rounds(FOUR, range(1, 7)), 3)
    theano = next(place for place in found.places if place.backend == "theano")
    low, high = theano.ratio.bounds
    assert low < 1.5 < high
    assert high / low < 1.15
    assert found.fastest == ["tensorflow"]


def test_what_it_asks_for_settles_it() -> None:
    rng = np.random.default_rng(5)
    factors = {"cntk": 1.0, "numpy": 1.12}
    begun = rounds(factors, (1, 2, 3), rng=rng)
    more = task_ranking(begun, 3).places[1].more
    assert 1 <= more <= 30
    enough = begun + rounds(factors, range(4, 4 + 2 * more), rng=rng)
    assert places(enough)[1] == ("numpy", SLOWER)


def test_order_of_two_that_do_not_differ_takes_more_rounds_than_anyone_makes() -> None:
    records = [
        run(backend, "mnist_mlp", number, [1.3 ** (number % 2) if backend == "cntk" else 1.3**0.5])
        for number in range(1, 5)
        for backend in ("cntk", "numpy")
    ]
    noisy = task_ranking(records, 3).places[1]
    assert noisy.ratio.ratio == pytest.approx(1.0)
    assert (noisy.verdict, noisy.more) == (INCONCLUSIVE, None)


def test_backend_without_a_figure_is_named_with_its_status() -> None:
    records = rounds(FOUR, (1, 2))
    for record in records:
        if record["case"]["backend"] == "cntk":
            record["status"] = "timeout"
    assert task_ranking(records, 1).absent == {"cntk": "timeout"}


def test_geometric_mean_is_over_the_tasks_of_those_that_have_all() -> None:
    records = rounds({"theano": 1.0, "numpy": 2.0, "cntk": 4.0}, (1, 2, 3), workloads=TASKS[:1])
    records += rounds({"theano": 1.0, "numpy": 8.0}, (1, 2, 3), workloads=TASKS[1:2])
    found = ranking(records)
    assert [one.backend for one in found.overall] == ["theano", "numpy"]
    ratio = found.overall[1]
    assert ratio.ratio == pytest.approx(4.0, rel=0.05)
    assert ratio.low < 4.0 < ratio.high


def test_intervals_of_the_mean_hold_the_truth_as_often_as_they_say() -> None:
    rng, held = np.random.default_rng(11), 0
    for _ in range(120):
        found = ranking(rounds({"theano": 1.0, "numpy": 2.0}, (1, 2, 3), 0.1, TASKS, rng))
        held += found.overall[1].low < 2.0 < found.overall[1].high
    assert held >= 0.88 * 120


def test_one_backend_has_no_ranking() -> None:
    assert ranking(rounds({"numpy": 1.0}, (1, 2))) is None
    assert ranking([]) is None


def test_looks_and_tasks_share_the_errors() -> None:
    assert sum(3 * allowed(number, looked_at=3) for number in range(2, 10_000)) == pytest.approx(
        module.ERRORS, rel=1e-3
    )
    assert allowed(1, 1) == 0.0


@pytest.mark.parametrize("noise", [0.02, 0.1])
def test_backends_that_do_not_differ_are_hardly_ever_put_in_order(noise: float) -> None:
    """Looked at after each of eight rounds; twenty backends' sessions would allow one error in a hundred."""
    rng, wrong = np.random.default_rng(3), 0
    for _ in range(60):
        records = rounds(dict.fromkeys("abc", 1.0), range(1, 9), noise, rng=rng)
        seen = [records[: 3 * number] for number in range(2, 9)]
        wrong += any(verdict == SLOWER for part in seen for _, verdict in places(part))
    assert wrong <= 1


def test_holm_is_the_step_down_adjustment() -> None:
    # By hand: 0.01 x 3; 0.02 x 2; the larger of that and 0.03 x 1.
    assert holm([0.03, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []
    assert math.isclose(holm([0.2])[0], 0.2)
