"""Whether a backend's answer to a case is what it should be: the reference's, or the failure that is expected.

Expected failures stand in `harness/backends/engines/<backend>/expected_failures.txt`. A line has a case's name and,
after white space, why it cannot pass, with a link to the upstream issue where there is one. Lines that begin with # and
empty lines are skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from harness.orchestrator.core.paths import ENGINES
from harness.orchestrator.suites.conformance.answers import Answer
from harness.orchestrator.suites.conformance.comparator import Mismatch, compare

RAISED, UNEXPECTED_PASS = "error", "expectation"


class Case(Protocol):
    """What is asked of a case here."""

    name: str
    tolerance: float


@dataclass(frozen=True)
class Outcome:
    """How a case ended on a backend.

    level: the first that does not hold: one of comparator.LEVELS, RAISED, or UNEXPECTED_PASS where an expected failure
        passes; None if all do
    message: in what, None if in nothing
    reason: why the failure is expected, None if none is
    """

    level: str | None = None
    message: str | None = None
    reason: str | None = None

    @property
    def passes(self) -> bool:
        """Every level holds, expected or not."""
        return self.level in (None, UNEXPECTED_PASS)

    @property
    def wrong(self) -> bool:
        """It fails unexpectedly, or passes in spite of an expectation."""
        return self.passes != (self.reason is None)


@dataclass(frozen=True)
class Reference:
    """What is right: values of the numpy engine in float64, and the dtypes that it gives in float32."""

    values: Answer
    dtypes: Answer

    def dtypes_of(self, case: str) -> dict[str, str]:
        """Label -> dtype of a case's results."""
        return {label: array.dtype.name for label, array in self.dtypes.results[case].items()}


def judge(answer: Answer, reference: Reference, case: Case, backend: str, expected: Mapping[str, str]) -> Outcome:
    """The outcome of a case on a backend, from its answer.

    Args:
        answer: the backend's.
        reference: what is right.
        case: the case.
        backend: its name.
        expected: failing case -> reason, as expected_failures gives them.
    """
    found, reason = shortcoming(answer, reference, case), expected.get(case.name)
    if found is None and reason is not None:
        return Outcome(
            UNEXPECTED_PASS, f"passes, but is listed in {backend}/{expectations_file(backend).name}: {reason}", reason
        )
    return Outcome(*(found or (None, None)), reason)


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


def expectations_file(backend: str) -> Path:
    """Where a backend's expected failures stand."""
    return ENGINES / backend / "expected_failures.txt"


def expected_failures(backend: str) -> dict[str, str]:
    """Failing case -> reason, of a backend."""
    return parse_expectations(expectations_file(backend).read_text(encoding="utf-8"))


def parse_expectations(text: str) -> dict[str, str]:
    """Case -> reason, from a file's text; a line without a reason raises ValueError."""
    expected = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            case, _, reason = line.strip().partition(" ")
            if not reason.strip():
                raise ValueError(f"expected failure without a reason. Expected '<case> <reason>'. Received {line!r}.")
            expected[case] = reason.strip()
    return expected
