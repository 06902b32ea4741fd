"""What the backends answered, each question asked once in a test session."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

from harness.orchestrator.core.paths import ROOT
from harness.orchestrator.environments.description.environment import Environment, Unavailable
from harness.orchestrator.environments.provision import ensure
from harness.orchestrator.execution.process import worker_variables
from harness.orchestrator.suites.conformance.answers import Answer, ask, engines
from harness.orchestrator.suites.conformance.answers import variables as own_variables
from harness.orchestrator.suites.conformance.judgement import Reference
from tests.conformance import breadth
from tests.once import once

__all__ = ["ROOT", "answer", "backends", "environment", "output_of", "present", "reference", "right", "variables"]

chosen: set[str] | None = None  # by the option --backend; None: all


def backends() -> list[str]:
    """Every backend that has an engine module and is tested now."""
    return [backend for backend in engines() if chosen is None or backend in chosen]


@functools.cache
def environment(backend: str) -> Environment | Unavailable:
    """The backend's environment, built if need be."""
    return ensure([backend], "cpu")[backend]


@once
def answer(backend: str, **options: str | bool) -> Answer:
    """Runs all cases on a backend; where it can interpret those that need not be compiled, it does."""
    if present(backend).specification.conformance.interpreted and "only" not in options:
        return breadth.joined(compiled(backend, **options), interpreted(backend, **options))
    answered = ask(present(backend), **options)
    assert answered.results, f"{backend}: no case ran"
    return answered


@once
def compiled(backend: str, **options: str | bool) -> Answer:
    """The part of the cases that is compiled, as runs are."""
    names = breadth.compiled(answer("numpy").cases)
    return ask(present(backend), ",".join(names), **options)


@once
def interpreted(backend: str, **options: str | bool) -> Answer:
    """The rest."""
    lines = answer("numpy").cases
    names = set(lines) - set(breadth.compiled(lines))
    return ask(present(backend), ",".join(sorted(names)), **options, interpreted=True)


def present(backend: str) -> Environment:
    """A backend's environment; AssertionError if it cannot be had, for a backend that is missing has not passed."""
    found = environment(backend)
    assert isinstance(found, Environment), f"{backend} is not here: {found.reason}. {found.remedy or ''}"
    return found


def variables(found: Environment, **options: str | int) -> dict[str, str]:
    """All environment variables of a process that computes as the cases are computed."""
    return worker_variables(own_variables(found, **options))


def output_of(script: Path, backend: str) -> str:
    """What a script prints in a backend's environment; it is given the worker's folder."""
    found = present(backend)
    command = [str(found.python), "-I", str(script), str(ROOT / "harness" / "worker")]
    ended = subprocess.run(command, env=variables(found), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def reference() -> Answer:
    """The numpy engine in float64, its graphs computed as they are written."""
    return answer("numpy", floatx="float64", plain=True)


def right() -> Reference:
    """The reference with the dtypes that it has in float32."""
    return Reference(reference(), answer("numpy", plain=True))
