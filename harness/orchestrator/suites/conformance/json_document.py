"""The conformance suite's outcomes as a JSON document."""

from __future__ import annotations

from typing import Literal

from harness.orchestrator.reports.documents.document import Document, Figure, Part
from harness.orchestrator.suites.conformance import judgement, suite

PASSES, FAILS, EXPECTED, UNEXPECTED = "passes", "fails", "fails as expected", "passes unexpectedly"


class Outcome(Part):
    """How a case ended; `level`: the first that does not hold, `message`: in what, `reason`: why that is expected."""

    outcome: Literal["passes", "fails", "fails as expected", "passes unexpectedly"]
    level: str | None
    message: str | None
    reason: str | None


class CaseOutcomes(Part):
    """A case: the functions of K that it calls, and its outcome on each backend that answered."""

    name: str
    functions: list[str]
    tolerance: Figure
    outcomes: dict[str, Outcome]


class Backend(Part):
    """A backend; `absence`: why it gave no answer, `failed`: it was there and gave none."""

    backend: str
    versions: dict[str, str]
    absence: str | None
    failed: bool
    outcomes: dict[str, int]


class Conformance(Document):
    """What `harness conformance` prints; `whole`: no case was left out; `untested`: functions of K without a case."""

    kind: Literal["conformance"] = "conformance"
    whole: bool
    backends: list[Backend]
    cases: list[CaseOutcomes]
    functions: list[str]
    untested: list[str]


def document(result: suite.SuiteResult) -> Conformance:
    """The document of a suite."""
    tested = frozenset().union(*result.calls.values())
    return Conformance(
        whole=result.whole,
        backends=[backend_of(column) for column in result.columns],
        cases=[
            CaseOutcomes(
                name=case.name,
                functions=sorted(result.calls[case.name]),
                tolerance=case.tolerance,
                outcomes={
                    column.backend: outcome_of(column.outcomes[case.name])
                    for column in result.columns
                    if case.name in column.outcomes
                },
            )
            for case in result.cases
        ],
        functions=list(result.functions),
        untested=[name for name in result.functions if name not in tested],
    )


def backend_of(column: suite.Column) -> Backend:
    """A backend with the number of its cases that ended in each way."""
    found = [word(outcome) for outcome in column.outcomes.values()]
    return Backend(
        backend=column.backend,
        versions=dict(column.versions),
        absence=column.absence,
        failed=column.failed,
        outcomes={way: found.count(way) for way in dict.fromkeys(found)},
    )


def outcome_of(outcome: judgement.Outcome) -> Outcome:
    return Outcome(outcome=word(outcome), level=outcome.level, message=outcome.message, reason=outcome.reason)


def word(outcome: judgement.Outcome) -> str:
    """An outcome in words."""
    if outcome.passes:
        return UNEXPECTED if outcome.wrong else PASSES
    return FAILS if outcome.wrong else EXPECTED
