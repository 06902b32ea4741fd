"""Says why uv found no versions that fit together, and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.orchestrator.environments.description.environment import InstallFailed, Obstacle
from harness.orchestrator.environments.toolchain import installer
from harness.orchestrator.environments.toolchain.probe import locked_version
from harness.orchestrator.environments.variants.python_versions import Target

UNKNOWN_NAME = "was not found in the package registry"
UNKNOWN_VERSION = re.compile(r"there is no version of ([\w.-]+)==([\w.]+?)(\.\*)? and you require")


def is_final(failure: InstallFailed) -> bool:
    """Whether no other interpreter would help: no network, or no such package or version."""
    return failure.remedy is not None or UNKNOWN_VERSION.search(str(failure)) is not None


def explained(failure: InstallFailed, packages: Sequence[str], target: Target) -> Obstacle:
    """The obstacle with what uv said in one sentence."""
    sentence = f"{', '.join(packages)} cannot be installed: {_reason(str(failure))}"
    unknown = UNKNOWN_VERSION.search(str(failure))
    if unknown is not None:
        near = nearest_versions(unknown[1], unknown[2], target)
        return Obstacle(f"{sentence}; near it there are {' and '.join(near) or 'none'}")
    if UNKNOWN_NAME in str(failure):
        return Obstacle(f"{sentence}; check its name")
    return Obstacle(sentence if failure.remedy else f"{sentence}; choose other versions", failure.remedy)


def _reason(said: str) -> str:
    """What lies between uv's `because` and its conclusion."""
    because = re.search(r"Because (.*?)(?:, we can conclude that your requirements are unsatisfiable|$)", said)
    reason = re.sub(r" and you require [^,]*$", "", because[1]) if because else said
    return reason.replace(", we can conclude that", ", so").replace(". And because", "; and")


def nearest_versions(package: str, version: str, target: Target) -> list[str]:
    """The versions before and after one that does not exist, as far as there are such with wheels."""
    sides = ((f"{package}<{version}", "highest"), (f"{package}>{version}", "lowest"))
    return [near for requirement, end in sides if (near := _first(package, requirement, end, target))]


def _first(package: str, requirement: str, end: str, target: Target) -> str | None:
    """The version that uv takes for `requirement` alone."""
    options = (*installer.WHEELS_ONLY, "--no-deps", "--resolution", end)
    with TemporaryDirectory() as folder:
        lock = Path(folder) / "lock"
        try:
            installer.resolve([requirement], lock, target.options, *options)
        except InstallFailed:
            return None
        return locked_version(lock.read_text(encoding="utf-8"), package)
