"""Conducts the suite: the reference first, then one backend after another, each case judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from harness.orchestrator.core.errors import ProvisioningError, WorkerFailed
from harness.orchestrator.core.names import glob, matching
from harness.orchestrator.environments.description.environment import Environment, Unavailable
from harness.orchestrator.suites.conformance.answers import Answer, Watch, ask
from harness.orchestrator.suites.conformance.judgement import Case, Outcome, Reference, expected_failures, judge

REFERENCE = "numpy"
FLOATX = "float32"  # of all backends


class Display(Protocol):
    """Shows what is being done; a backend ends before the next begins."""

    def begin(self, backend: str, cases: int) -> Watch: ...

    def end(self) -> None: ...


@dataclass(frozen=True)
class Column:
    """The outcomes of one backend.

    versions: of the library, by the backend's name, and of what it computes with
    outcomes: case -> outcome; empty if it gave no answer
    absence: why it gave none
    failed: whether it was there and gave none
    """

    backend: str
    versions: Mapping[str, str]
    outcomes: Mapping[str, Outcome]
    absence: str | None = None
    failed: bool = False


@dataclass(frozen=True)
class SuiteResult:
    """The outcomes of the suite.

    functions: public functions of K
    cases: those that ran, with their tolerances
    calls: case -> the functions that it calls
    whole: no case was left out
    """

    functions: tuple[str, ...]
    cases: tuple[Case, ...]
    calls: Mapping[str, frozenset[str]]
    columns: tuple[Column, ...]
    whole: bool = True


def select(cases: Sequence[Case], pattern: str) -> list[Case]:
    """The cases whose names match, see `matching`."""
    chosen = set(matching("case", pattern, [case.name for case in cases]))
    return [case for case in cases if case.name in chosen]


def conduct(
    found: Mapping[str, Environment | Unavailable],
    backends: Iterable[str],
    cases: Sequence[Case],
    pattern: str,
    display: Display,
) -> SuiteResult:
    """Runs the cases that match on every backend.

    Args:
        found: the environments, that of the reference among them.
        backends: those to judge.
        cases: all there are.
        pattern: of their names.
        display: shows what is being done.

    Raises:
        ConfigError: no case matches.
        ProvisioningError: the reference is unavailable, so nothing can be compared.
        WorkerFailed: the reference gave no answer.
    """
    chosen = select(cases, pattern)
    conductor = Conductor(found, chosen, glob(pattern), display)
    columns = tuple(conductor.column(backend) for backend in backends)
    calls = {case.name: conductor.calls_of(case.name) for case in chosen}
    functions = conductor.reference.values.functions
    return SuiteResult(functions, tuple(chosen), calls, columns, whole=len(chosen) == len(cases))


class Conductor:
    """Asks each backend once; the reference before all."""

    def __init__(
        self, found: Mapping[str, Environment | Unavailable], cases: Sequence[Case], pattern: str, display: Display
    ) -> None:
        self.found, self.cases, self.pattern, self.display = found, cases, pattern, display
        here = found[REFERENCE]
        if isinstance(here, Unavailable):
            raise ProvisioningError(
                f"The reference, {REFERENCE}, is unavailable, so nothing can be compared: {here.reason}."
            )
        self.answers: list[Answer] = []
        values, dtypes = (self.ask(here, floatx, plain=True) for floatx in ("float64", FLOATX))
        self.reference = Reference(values, dtypes)

    def ask(self, environment: Environment, floatx: str = FLOATX, plain: bool = False) -> Answer:
        """A backend's answer, shown while it is worked on; `plain` as the reference computes."""
        shown = f"{environment.backend} as reference, {floatx}" if plain else environment.backend
        watch = self.display.begin(shown, len(self.cases))
        try:
            answer = ask(environment, self.pattern, floatx, plain=plain, watch=watch)
        finally:
            self.display.end()
        self.answers.append(answer)
        return answer

    def column(self, backend: str) -> Column:
        """The outcomes of a backend."""
        here = self.found[backend]
        if isinstance(here, Unavailable):
            return Column(backend, {}, {}, " ".join(filter(None, (f"{here.reason}.", here.remedy))))
        try:
            answer = self.ask(here)
        except WorkerFailed as error:
            return Column(backend, here.versions, {}, str(error), failed=True)
        expected = expected_failures(backend)
        outcomes = {case.name: judge(answer, self.reference, case, backend, expected) for case in self.cases}
        return Column(backend, answer.versions, outcomes)

    def calls_of(self, case: str) -> frozenset[str]:
        """The functions that a case calls, on any backend: one that fails early calls fewer."""
        return frozenset(name for answer in self.answers for name in answer.cases[case]["functions"])
