"""The table of the suite: a row for each function of K, a column for each backend, and notes below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from harness.orchestrator.core.formatting import ABSENT, scientific
from harness.orchestrator.reports.exporters import View
from harness.orchestrator.suites.conformance.comparator import LEVELS
from harness.orchestrator.suites.conformance.judgement import RAISED, UNEXPECTED_PASS, Outcome
from harness.orchestrator.suites.conformance.suite import Column, SuiteResult

ORDER = (RAISED, *LEVELS, UNEXPECTED_PASS)
REPORT = "conformance"
NO_CASE = "no case"
# Cases of the graph's primitives, which K's functions are made of.
PRIMITIVES = "(primitives alone)"


@dataclass(frozen=True)
class Cell:
    """How many cases of a function pass on a backend, of how many; a backend that gave no answer has none of either.

    expected: number of failures that are expected
    level: the first that fails though it should not
    """

    passed: int = 0
    cases: int = 0
    expected: int = 0
    level: str | None = None
    answered: bool = True

    @property
    def text(self) -> str:
        """The cell in words."""
        if not self.answered:
            return ABSENT
        if not self.cases:
            return NO_CASE
        marks = [f"x{self.expected}" if self.expected else "", self.level or ""]
        return " ".join(filter(None, [f"{self.passed}/{self.cases}", *marks]))

    @property
    def good(self) -> bool:
        """There are cases, and all pass."""
        return self.cases > 0 and self.passed == self.cases and self.level is None


@dataclass(frozen=True)
class Row:
    """One function."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table(View):
    """All that is shown.

    headers: backends with their versions
    failures: a line for each case that is not as it should be, and for each backend that gave no answer
    facts: what was run, and what was compared with what
    """

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    failures: tuple[str, ...]
    facts: tuple[str, ...]


def table_of(result: SuiteResult) -> Table:
    """The table of a suite; where cases were left out, functions without one are too."""
    columns = result.columns
    rows = [function_row(name, columns, calling(result, name)) for name in result.functions]
    if not result.whole:
        rows = [each for each in rows if any(cell.cases for cell in each.cells)]
    silent = [name for name, functions in result.calls.items() if not functions]
    if silent:
        rows.append(function_row(PRIMITIVES, columns, silent))
    return Table(
        name=REPORT,
        headers=tuple(header(column) for column in columns),
        rows=tuple(rows),
        failures=tuple(line for column in columns for line in failures(column)),
        facts=tuple(facts(result)),
    )


def header(column: Column) -> str:
    """A backend with its version."""
    return " ".join(filter(None, (column.backend, column.versions.get(column.backend))))


def calling(result: SuiteResult, function: str) -> list[str]:
    """The cases that call a function."""
    return [case for case, functions in result.calls.items() if function in functions]


def function_row(label: str, columns: Iterable[Column], cases: list[str]) -> Row:
    """A line with a cell for each backend."""
    return Row(label, tuple(cell(column, cases) for column in columns))


def cell(column: Column, cases: list[str]) -> Cell:
    """How some cases went on a backend."""
    if not column.outcomes:
        return Cell(answered=False)
    outcomes = [column.outcomes[case] for case in cases]
    levels = [outcome.level for outcome in outcomes if outcome.wrong]
    return Cell(
        passed=sum(outcome.passes for outcome in outcomes),
        cases=len(outcomes),
        expected=sum(not outcome.passes and not outcome.wrong for outcome in outcomes),
        level=min(levels, key=ORDER.index, default=None),
    )


def failures(column: Column) -> list[str]:
    """A line for each case that is not as it should be: backend, case, level, message."""
    if column.failed:
        return [f"{column.backend}: {column.absence}"]
    return [
        f"{column.backend} {case}: {outcome.level}: {last_line(outcome)}"
        for case, outcome in column.outcomes.items()
        if outcome.wrong
    ]


def last_line(outcome: Outcome) -> str:
    """A message in one line: of a traceback the last, which says what was raised."""
    return (outcome.message or "").strip().splitlines()[-1]


def facts(result: SuiteResult) -> list[str]:
    """Sentences about the whole."""
    tested = frozenset().union(*result.calls.values())
    untested = [name for name in result.functions if name not in tested]
    lines = [
        "2/4 x1 value: two of four cases pass, one fails as expected, another fails first in its values.",
        f"{len(result.cases)} cases; a case counts for each of the {len(result.functions)} functions of K that it "
        "calls itself.",
        *expectations(result.columns),
        f"Compared with NumPy in float64, level by level: {', '.join(LEVELS)}; dtypes are those of NumPy in float32. "
        "Integers and bools are equal, floats differ by no more than the tolerance times the array's largest number, "
        f"or times 1 if that is larger. Tolerance and number of cases: {tolerances(result)}.",
        *(f"{column.backend}: {versions(column)}" for column in result.columns),
    ]
    if result.whole and untested:
        lines.insert(2, f"Functions without a case: {len(untested)}: {', '.join(untested)}.")
    return lines


def expectations(columns: Iterable[Column]) -> list[str]:
    """How many failures are expected, and each with its reason."""
    expected = [
        f"{column.backend} {case}: {outcome.reason}"
        for column in columns
        for case, outcome in column.outcomes.items()
        if not outcome.passes and not outcome.wrong
    ]
    return [f"Expected failures (x): {len(expected)}.", *(f"Expected: {line}" for line in expected)]


def tolerances(result: SuiteResult) -> str:
    """Each tolerance with the number of its cases."""
    counts = Counter(case.tolerance for case in result.cases)
    return ", ".join(f"{scientific(tolerance)} in {count}" for tolerance, count in sorted(counts.items()))


def versions(column: Column) -> str:
    """The versions of all that a backend computes with, or why it does not."""
    known = ", ".join(f"{name} {version}" for name, version in column.versions.items())
    return f"{known}." if column.absence is None else column.absence.splitlines()[0]
