"""The CPython series that a variant may be for: another version of a package may want another interpreter."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet

from harness.orchestrator.environments.description.environment import InterpreterMissing
from harness.orchestrator.environments.toolchain.interpreters import Interpreter, find_interpreter, fitting_minors

# From the oldest CPython that code inside runs on to the newest there is.
SERIES = SpecifierSet(">=3.6,<3.15")


@dataclass(frozen=True)
class Target:
    """A CPython series to resolve for."""

    minor: str
    interpreter: str | None  # path of an installed one

    @property
    def options(self) -> tuple[str, ...]:
        """How uv is told; it can resolve for a series that is not installed."""
        if self.interpreter is not None:
            return ("--python", self.interpreter)
        return ("--python", sys.executable, "--python-version", self.minor)


def minors_for(python: Sequence[str]) -> list[str]:
    """Every series: those that fit the specifiers `python`, in their order, then the others; the newest first."""
    own = [minor for specifier in python for minor in fitting_minors(SpecifierSet(specifier) & SERIES)]
    return list(dict.fromkeys([*own, *fitting_minors(SERIES)]))


def targets_for(python: Sequence[str]) -> list[Target]:
    """Every series: the plain environment's, then those that fit `python`, then the others; installed ones first."""
    plain = _installed(*python)
    own = {minor for specifier in python for minor in fitting_minors(SpecifierSet(specifier))}
    found = {minor: _installed(f"=={minor}.*") for minor in minors_for(python)}

    def distance(minor: str) -> tuple[bool, bool, bool]:
        return (plain is None or minor != plain.minor, minor not in own, found[minor] is None)

    return [Target(minor, _path(found[minor])) for minor in sorted(found, key=distance)]


def _installed(*python: str) -> Interpreter | None:
    try:
        return find_interpreter(python, download=False)
    except InterpreterMissing:
        return None


def _path(interpreter: Interpreter | None) -> str | None:
    return None if interpreter is None else interpreter.path
