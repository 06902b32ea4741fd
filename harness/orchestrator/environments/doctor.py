"""Says, per backend, what is found, what is missing and the command that fixes it; changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from harness.orchestrator.core.errors import HarnessError
from harness.orchestrator.core.names import check_names
from harness.orchestrator.environments import build
from harness.orchestrator.environments.description.specification import FOLDER, kind_of, known_backends, load
from harness.orchestrator.environments.status import Assessment, assess
from harness.orchestrator.environments.toolchain.compilers import find_compiler


@dataclass(frozen=True)
class Check:
    """One backend, examined."""

    backend: str
    device: str
    interpreter: str | None = None
    environment: str | None = None
    native: dict[str, str] = field(default_factory=dict)  # kind -> how it was got
    compilers: dict[str, str | None] = field(default_factory=dict)  # language -> path, None if there is none
    imported: dict[str, str] = field(default_factory=dict)  # versions that a real import printed
    facts: dict[str, str] = field(default_factory=dict)
    problem: str | None = None
    remedy: str | None = None


def examine_all(backends: Sequence[str], device: str, folder: Path = FOLDER) -> list[Check]:
    """A check for each backend, in order; all known ones if none is named.

    Raises: ConfigError for an unknown backend or device.
    """
    known = known_backends(folder)
    check_names("backend", backends, known)
    kind_of(device)
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda backend: examine(backend, device, folder), backends or known))


def examine(backend: str, device: str, folder: Path = FOLDER) -> Check:
    """Looks at one backend, and imports its framework if its environment is ready."""
    assessment = assess(backend, device, folder)
    problem, remedy, imported, facts = assessment.reason, assessment.remedy, {}, {}
    if assessment.environment is not None:
        try:
            answer = build.check(assessment.environment)
            imported, facts = answer.versions, answer.facts
        except HarnessError as failure:
            problem, remedy = str(failure), f"harness env remove {backend} && harness env build {backend}"
    return Check(
        backend,
        kind_of(device),
        _interpreter(assessment),
        _environment(assessment),
        _native(assessment),
        _compilers(backend, folder),
        imported,
        facts,
        problem,
        remedy,
    )


def _interpreter(assessment: Assessment) -> str | None:
    interpreter = assessment.interpreter
    return None if interpreter is None else f"{interpreter.version} ({interpreter.found}) {interpreter.path}"


def _environment(assessment: Assessment) -> str:
    if assessment.environment is None:
        return assessment.state
    return f"{assessment.state} {assessment.environment.path}"


def _native(assessment: Assessment) -> dict[str, str]:
    if assessment.environment is None:
        return {}
    return {entry["kind"]: entry["way"] for entry in assessment.environment.info["native"]}


def _compilers(backend: str, folder: Path) -> dict[str, str | None]:
    """The compilers that the backend asks for; empty if its file cannot be read, which the assessment reports."""
    try:
        languages = load(backend, folder).compilers
    except HarnessError:
        return {}
    return {f"{language} compiler": find_compiler(language) for language in languages}
