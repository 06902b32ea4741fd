"""What the ranking says in words and shows as a table."""

from __future__ import annotations

import pytest

from harness.orchestrator.analysis.ranking import ranking
from harness.orchestrator.reports.session.ranking import ranking_table
from harness.orchestrator.reports.session.table import tables
from harness.orchestrator.reports.table import RankingTable
from tests.orchestrator.analysis.ranked_records import rounds

TASKS = ("mnist_mlp", "mnist_cnn", "imdb_lstm")


def shown(records: list[dict]) -> RankingTable:
    return ranking_table(ranking(records))


def columns(table: RankingTable, *headers: str) -> list[tuple[str, ...]]:
    places = [table.headers.index(header) for header in headers]
    return [tuple(line[place] for place in places) for line in table.lines]


def test_answer_after_one_round_settles_nothing() -> None:
    answer = shown(rounds({"theano": 1.0, "cntk": 2.0}, (1,), 0.0, TASKS)).answer
    assert answer == ("theano led on 3 of 3 tasks; cntk takes 2.00 times as long as theano; one round settles nothing.")


def test_answer_names_the_fastest_the_ratios_and_how_sure_they_are() -> None:
    answer = shown(rounds({"theano": 1.0, "cntk": 2.0, "numpy": 4.0}, range(1, 5), 0.0, TASKS)).answer
    # by hand: 5 % over three rounds more, 6 degrees of freedom a task, 18 in all, of which 2.101 is exceeded by 2.5 %:
    # 2 x exp(2.101 x 0.05 x sqrt(3 / 6 / 4 / 3)) = 2.043
    assert answer == (
        "theano is fastest on 3 of 3 tasks; cntk takes 2.00 times as long as theano (1.96–2.04), numpy 4.00 (3.92–4.09)"
        "; settled in 4 rounds."
    )


def test_answer_names_the_tasks_where_another_is_fastest_and_where_none_is_known_to_be() -> None:
    records = rounds({"theano": 1.0, "cntk": 2.0}, range(1, 4), 0.0, TASKS[:1])
    records += rounds({"theano": 3.0, "cntk": 2.0}, range(1, 4), 0.0, TASKS[1:2])
    records += rounds({"theano": 1.0, "cntk": 1.0}, range(1, 4), 0.0, TASKS[2:])
    answer = shown(records).answer
    for words in (
        "theano is fastest on 1 of 3 tasks (mnist_mlp)",
        "cntk is fastest on 1 of 3 tasks (mnist_cnn)",
        "no backend is known to be fastest on 1 of 3 tasks (imdb_lstm)",
        "not settled after 3 rounds",
    ):
        assert words in answer


def test_answer_of_one_task_names_it() -> None:
    assert shown(rounds({"theano": 1.0, "cntk": 2.0}, range(1, 4), 0.0)).answer.startswith(
        "theano is fastest on mnist_mlp; cntk takes 2.00 times as long"
    )


def test_backends_that_tie_are_marked_as_ties() -> None:
    table = shown(rounds({"theano": 1.0, "cntk": 1.0, "numpy": 3.0}, range(1, 41), 0.003))
    assert [place for (place,) in columns(table, "Place")] == ["1", "=", "3"]
    assert table.answer.startswith("cntk and theano tie for the fastest") or table.answer.startswith(
        "theano and cntk tie for the fastest"
    )


def test_table_shows_what_more_rounds_would_settle() -> None:
    table = shown(rounds({"theano": 1.0, "cntk": 1.05}, range(1, 3), 0.0))
    assert columns(table, "Place", "Backend")[1] == ("?", "cntk")
    assert columns(table, "Against the one above")[1][0].startswith("inconclusive (+")


def test_backend_without_a_figure_is_last_with_its_status() -> None:
    records = rounds({"theano": 1.0, "cntk": 2.0, "numpy": 3.0}, range(1, 3))
    for record in records:
        if record["case"]["backend"] == "theano":
            record["status"] = "wrong"
    assert columns(shown(records), "Backend", "Epoch (s)")[-1] == ("theano", "wrong")


@pytest.mark.parametrize("backends", [("theano",), ()])
def test_nothing_to_rank_shows_no_ranking(backends: tuple[str, ...]) -> None:
    records = rounds(dict.fromkeys(backends, 1.0), (1, 2))
    assert [table.ranking for table in tables(records)] == [None] * bool(backends)


def test_sides_are_not_ranked() -> None:
    records = rounds({"theano": 1.0, "cntk": 2.0}, (1, 2))
    for record in records:
        record["run"]["side"] = "a"
    assert tables(records)[0].ranking is None


def test_each_set_of_conditions_has_a_ranking_of_its_own() -> None:
    slow = rounds({"theano": 1.0, "cntk": 2.0}, range(1, 4))
    for record in slow:
        record["case"]["threads"] = 1
    found = tables(slow + rounds({"theano": 2.0, "cntk": 1.0}, range(1, 4)))
    assert [table.ranking.answer.split()[0] for table in found] == ["theano", "cntk"]
