"""Which runs a comparison makes next: to see again what differs, then to settle what is inconclusive."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from harness.orchestrator.core.cases import CONFIRM, FIRST, Case, Run
from harness.orchestrator.sessions.adaptive_rounds import AdaptiveComparison
from harness.orchestrator.sessions.schedule import schedule
from harness.orchestrator.sessions.sides import Side, parse
from tests.orchestrator.sample_records import sample

CASES = [Case(backend, "mnist_mlp", "2015-12", "cpu", 2, "tuned", "float32") for backend in ("cntk", "numpy")]
SIDES = {"a": parse("a", []), "b": parse("b", ["threads=1"])}
ROUNDS = 6


def record_of(run: Run, factor: float) -> dict:
    """A run that took as long as its side takes and its round makes it."""
    record = sample(run.case.backend, run.case.workload, number=run.round)
    took = (factor if run.side != "a" else 1.0) * (1 + 0.001 * (run.round % 3 + (run.side == "b") * (run.round % 2)))
    record["case"]["threads"] = run.case.threads
    record["run"].update(run.place)
    record["metrics"]["epoch_s"] = took
    record["epochs"] = [{"index": 0, "warmup": False, "train_s": took}]
    return record


def session(factors: dict[str, float], stages: dict[str, int], sides: dict[str, Side] = SIDES) -> SimpleNamespace:
    """What has been run: each stage so many rounds, side b of a backend, or all of it, so many times as slow."""
    runs, last = [], 0
    for stage, rounds in stages.items():
        runs += schedule(CASES, rounds, 1, list(sides.values()), last + 1, stage)
        last += rounds
    return SimpleNamespace(
        cases=CASES,
        sides=sides,
        runs=runs,
        records=[record_of(run, factors[run.case.backend]) for run in runs],
        config=SimpleNamespace(seed=3),
    )


def adaptive(most_rounds: int = 0) -> AdaptiveComparison:
    return AdaptiveComparison(metrics=("epoch_s",), across=("threads",), most_rounds=most_rounds)


def wanted(runs: list[Run]) -> set[tuple]:
    return {(run.case.backend, run.side, run.case.threads, run.stage, run.round) for run in runs}


def of_rounds(backend: str, stage: str, rounds: range) -> set[tuple]:
    return {(backend, side, threads, stage, number) for side, threads in (("a", 2), ("b", 1)) for number in rounds}


def test_what_differs_is_run_again_in_as_many_fresh_rounds() -> None:
    begun = session({"cntk": 1.2, "numpy": 1.0}, {FIRST: ROUNDS})
    assert wanted(adaptive().further(begun)) == of_rounds("cntk", CONFIRM, range(7, 13))


def test_what_was_run_again_is_not_run_a_third_time() -> None:
    begun = session({"cntk": 1.2, "numpy": 1.0}, {FIRST: ROUNDS, CONFIRM: ROUNDS})
    assert adaptive(12).further(begun) == []
    verdicts = {line.case[0]: line.verdict for line in adaptive().lines(begun.records)}
    assert verdicts == {"cntk": "slower", "numpy": "same"}


def test_against_a_stored_baseline_only_the_session_is_run_again() -> None:
    stored = session({"cntk": 1.0, "numpy": 1.0}, {FIRST: ROUNDS}, {}).records
    against = AdaptiveComparison(metrics=("epoch_s",), baseline=stored)
    begun = session({"cntk": 1.2, "numpy": 1.0}, {FIRST: ROUNDS}, {})
    fresh = {("cntk", None, 2, CONFIRM, number) for number in range(7, 13)}
    assert wanted(against.further(begun)) == fresh
    assert against.further(session({"cntk": 1.2, "numpy": 1.0}, {FIRST: ROUNDS, CONFIRM: ROUNDS}, {})) == []


@pytest.mark.parametrize(("most_rounds", "last"), [(3, 3), (4, 4), (5, 5), (9, 5)])
def test_too_few_rounds_are_made_up_to_what_settles_it_or_to_the_limit(most_rounds: int, last: int) -> None:
    begun = session({"cntk": 1.0, "numpy": 1.0}, {FIRST: 3})
    rounds = range(4, last + 1)
    expected = of_rounds("cntk", FIRST, rounds) | of_rounds("numpy", FIRST, rounds)
    assert wanted(adaptive(most_rounds).further(begun)) == expected
