"""Environments and what a doctor found as JSON documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Literal

from harness.orchestrator.environments import doctor
from harness.orchestrator.environments.description.location import size_bytes
from harness.orchestrator.environments.status import Assessment, Variant
from harness.orchestrator.reports.documents.document import Document, Part


class VariantState(Part):
    """An environment with other versions of packages; no requirements if it was not finished."""

    path: str
    requirements: list[str]
    python: str | None
    size_bytes: int


class EnvironmentState(Part):
    """A backend's environment; `path` if it is ready, else the reason why not and the command that helps."""

    backend: str
    device: str
    state: str
    python: str | None
    path: str | None
    reason: str | None
    remedy: str | None
    size_bytes: int
    variants: list[VariantState]


class Environments(Document):
    """What `harness env list` prints."""

    kind: Literal["environments"] = "environments"
    environments: list[EnvironmentState]


class Check(Part):
    """A backend that was examined; `problem` is null if it works."""

    backend: str
    device: str
    interpreter: str | None
    environment: str | None
    native: dict[str, str]
    compilers: dict[str, str | None]
    imported: dict[str, str]
    facts: dict[str, str]
    problem: str | None
    remedy: str | None


class Checks(Document):
    """What `harness doctor` prints."""

    kind: Literal["checks"] = "checks"
    checks: list[Check]


def environments(found: Iterable[tuple[Assessment, list[Variant]]]) -> Environments:
    """The document of environments."""
    return Environments(environments=[state_of(*pair) for pair in found])


def state_of(assessment: Assessment, variants: list[Variant]) -> EnvironmentState:
    """One environment."""
    here = assessment.environment
    return EnvironmentState(
        **{key: getattr(assessment, key) for key in ("backend", "device", "state", "reason", "remedy")},
        python=assessment.interpreter.version if assessment.interpreter else None,
        path=None if here is None else str(here.path),
        size_bytes=sum(map(size_bytes, assessment.folders)),
        variants=[variant_of(variant) for variant in variants],
    )


def variant_of(variant: Variant) -> VariantState:
    """One variant."""
    return VariantState(
        path=str(variant.path),
        requirements=list(variant.requirements),
        python=variant.python,
        size_bytes=size_bytes(variant.path),
    )


def checks(found: Iterable[doctor.Check]) -> Checks:
    """The document of a doctor's checks."""
    return Checks(checks=[Check(**asdict(check)) for check in found])
