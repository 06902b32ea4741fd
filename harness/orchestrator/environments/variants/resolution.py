"""The lock of a variant: resolved by uv once, then kept in the cache under the digest of what it follows from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from filelock import FileLock

from harness.orchestrator.core.paths import cache_root, tagged
from harness.orchestrator.environments.build import Say
from harness.orchestrator.environments.description.environment import InstallFailed
from harness.orchestrator.environments.description.identity import lock_sha256, platform_name
from harness.orchestrator.environments.description.specification import Specification, kind_of
from harness.orchestrator.environments.toolchain import installer
from harness.orchestrator.environments.variants.python_versions import minors_for, targets_for
from harness.orchestrator.environments.variants.resolution_errors import explained, is_final

DIGEST_LETTERS = 16


@dataclass(frozen=True)
class Lock:
    """A resolved lock, and the CPython series that it is for."""

    path: Path
    minor: str


def find_lock(specification: Specification, device: str, packages: Sequence[str], say: Say) -> Lock:
    """The lock of `packages`, for the interpreter that the specification prefers among those that fit them.

    One that was made before is kept, so a range of versions means the same for as long as the cache lives.
    Raises: Obstacle.
    """
    folder = tagged(cache_root()) / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    names = {minor: name_of(specification, device, packages, minor) for minor in minors_for(specification.python)}
    with FileLock(folder / ".resolving"):
        locks = [Lock(folder / f"{name}.lock", minor) for minor, name in names.items()]
        kept = next((lock for lock in locks if lock.path.exists()), None)
        if kept is not None:
            return kept
        say(f"resolving {', '.join(packages)}")
        partial = folder / ".partial"
        partial.write_text(specification.lock_text(device), encoding="utf-8")
        minor = _resolve(packages, partial, specification.python)
        return Lock(partial.replace(folder / f"{names[minor]}.lock"), minor)


def name_of(specification: Specification, device: str, packages: Sequence[str], minor: str) -> str:
    """The name of a lock: equal names, equal questions."""
    question = {
        "packages": sorted(packages),
        "device": kind_of(device),
        "python": minor,
        "platform": platform_name(),
        "preferred": lock_sha256(specification, device),
    }
    digest = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()
    return f"{specification.backend}-{digest[:DIGEST_LETTERS]}"


def _resolve(packages: Sequence[str], lock: Path, python: Sequence[str]) -> str:
    """Asks uv for one series after the other until the packages fit; returns that series.

    Sources are looked at when wheels fit no series: old ones can often be described but not compiled.
    """
    targets = targets_for(python)
    failures = []
    for options, target in product((installer.WHEELS_ONLY, ()), targets):
        try:
            installer.resolve(packages, lock, target.options, *options)
        except InstallFailed as failure:
            failures.append(failure)
            if is_final(failure):
                raise explained(failure, packages, target) from failure
        else:
            return target.minor
    raise explained(failures[len(targets)], packages, targets[0])  # of the first series, sources allowed
