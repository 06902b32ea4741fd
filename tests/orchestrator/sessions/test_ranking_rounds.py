"""Which rounds a session gets until its ranking is settled: of what is open, as long as the budget lasts."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from harness.orchestrator.core.cases import Case, Run
from harness.orchestrator.sessions.ranking_rounds import RankingRounds, minutes_to_settle, undecided
from tests.orchestrator.analysis.ranked_records import rounds

ROUND_S = 60  # begin_utc and end_utc of a sample are a minute apart
TASKS = ("mnist_mlp", "mnist_cnn")
FACTORS = {"tensorflow": 1.0, "theano": 1.5, "cntk": 1.5, "numpy": 4.0}
CASES = [Case(backend, workload, "2015-12", "cpu", 2, "tuned", "float32") for workload in TASKS for backend in FACTORS]


def session(numbers: range, factors: dict[str, float] = FACTORS, tasks: tuple[str, ...] = TASKS) -> SimpleNamespace:
    """What so many rounds gave."""
    records = rounds(factors, numbers, workloads=tasks, rng=np.random.default_rng(2))
    runs = [Run(case, number) for number in numbers for case in CASES]
    return SimpleNamespace(cases=CASES, runs=runs, records=records, config=SimpleNamespace(seed=3))


def names(runs: list[Run]) -> set[tuple[str, str, int]]:
    return {(run.case.backend, run.case.workload, run.round) for run in runs}


def test_first_round_is_followed_by_one_of_all() -> None:
    found = RankingRounds(1000, clock=lambda: 0.0).further(session(range(1, 2)))
    assert names(found) == {(backend, workload, 2) for backend in FACTORS for workload in TASKS}


def test_settled_cases_take_no_further_rounds() -> None:
    found = RankingRounds(1000, clock=lambda: 0.0).further(session(range(1, 5)))
    assert names(found) == {(backend, workload, 5) for backend in ("theano", "cntk") for workload in TASKS}


def test_settled_session_takes_none() -> None:
    apart = {"tensorflow": 1.0, "theano": 1.5, "cntk": 2.2, "numpy": 4.0}
    assert RankingRounds(1000, clock=lambda: 0.0).further(session(range(1, 5), apart)) == []


def test_no_round_is_begun_that_the_budget_does_not_hold() -> None:
    now = [0.0]
    adaptive = RankingRounds(2.5 * ROUND_S, clock=lambda: now[0])
    assert {run.case.workload for run in adaptive.further(session(range(1, 2)))} == set(TASKS)
    now[0] = 1.2 * ROUND_S
    assert len({run.case.workload for run in adaptive.further(session(range(1, 3)))}) == 1
    now[0] = 2 * ROUND_S
    assert adaptive.further(session(range(1, 4))) == []


def test_first_table_is_shown_once_and_only_before_further_rounds() -> None:
    shown: list[int] = []
    adaptive = RankingRounds(1000, lambda begun: shown.append(len(begun.records)), clock=lambda: 0.0)
    adaptive.further(session(range(1, 2)))
    adaptive.further(session(range(1, 3)))
    assert shown == [8]
    RankingRounds(0, lambda begun: shown.append(-1), clock=lambda: 0.0).further(session(range(1, 2)))
    assert shown == [8]


def test_backend_that_fails_is_not_run_again() -> None:
    begun = session(range(1, 3))
    for record in begun.records:
        if record["case"]["backend"] == "cntk" and record["run"]["round"] == 2:
            record["status"] = "timeout"
    assert "cntk" not in {run.case.backend for run in RankingRounds(1000, clock=lambda: 0.0).further(begun)}


def test_what_would_settle_the_rest_is_told_in_minutes() -> None:
    assert minutes_to_settle(undecided(session(range(1, 2)))) >= 1
    apart = {"tensorflow": 1.0, "theano": 1.5, "cntk": 2.2, "numpy": 4.0}
    assert minutes_to_settle(undecided(session(range(1, 5), apart))) == 0
