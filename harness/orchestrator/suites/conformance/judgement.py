"""Whether a backend's answer to a case is what it should be: the reference's, or the failure that is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from harness.orchestrator.suites.conformance.answers import Answer
from harness.orchestrator.suites.conformance.comparator import Mismatch, compare
from harness.orchestrator.suites.conformance.expectations import path_of

RAISED, UNFORESEEN = "error", "expectation"


class Case(Protocol):
    """What is asked of a case here."""

    name: str
    tolerance: float


@dataclass(frozen=True)
class Verdict:
    """What came of a case on a backend.

    level: the first that does not hold: one of comparator.LEVELS, RAISED, or UNFORESEEN where an expected failure
        passes; None if all do
    message: in what, None if in nothing
    reason: why the failure is expected, None if none is
    """

    level: str | None = None
    message: str | None = None
    reason: str | None = None

    @property
    def passes(self) -> bool:
        """Every level holds, foreseen or not."""
        return self.level in (None, UNFORESEEN)

    @property
    def wrong(self) -> bool:
        """It is not as it should be: fails, or passes in spite of an expectation."""
        return self.passes != (self.reason is None)


@dataclass(frozen=True)
class Reference:
    """What is right: values of the numpy engine in float64, and the dtypes that it gives in float32."""

    values: Answer
    dtypes: Answer

    def dtypes_of(self, case: str) -> dict[str, str]:
        """Label -> dtype of a case's results."""
        return {label: array.dtype.name for label, array in self.dtypes.results[case].items()}


def judge(answer: Answer, reference: Reference, case: Case, backend: str, expected: Mapping[str, str]) -> Verdict:
    """The verdict on a backend's answer to a case.

    Args:
        answer: the backend's.
        reference: what is right.
        case: the case.
        backend: its name.
        expected: failing case -> reason, as expectations.read gives them.
    """
    found, reason = shortcoming(answer, reference, case), expected.get(case.name)
    if found is None and reason is not None:
        return Verdict(UNFORESEEN, f"passes, but is listed in {backend}/{path_of(backend).name}: {reason}", reason)
    return Verdict(*(found or (None, None)), reason)


def shortcoming(answer: Answer, reference: Reference, case: Case) -> tuple[str, str] | None:
    """The first level that does not hold, and how; None if all do."""
    error = answer.cases[case.name]["error"]
    if error is not None:
        return RAISED, error
    received, expected = answer.results[case.name], reference.values.results[case.name]
    try:
        compare(received, expected, case.tolerance, reference.dtypes_of(case.name))
    except Mismatch as mismatch:
        return mismatch.level, mismatch.message
    return None
