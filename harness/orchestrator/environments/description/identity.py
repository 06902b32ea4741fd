"""The digest that names an environment: equal digests, equal environments."""

from __future__ import annotations

import hashlib
import json
import platform

from harness.orchestrator.environments.description.specification import Specification, kind_of

# Raise when the way environments are built changes in a manner that the rest of the digest does not show.
RECIPE = 2


def platform_name() -> str:
    """Operating system, machine and C library, e.g. Linux-x86_64-glibc."""
    return "-".join(part for part in (platform.system(), platform.machine(), platform.libc_ver()[0]) if part)


def lock_sha256(specification: Specification, device: str) -> str:
    """The checksum of the lock."""
    return hashlib.sha256(specification.lock_text(device).encode()).hexdigest()


def digest(specification: Specification, device: str, python_version: str) -> str:
    """The identity of the environment that `specification` asks for on an interpreter of this version.

    Comments and layout of the file do not count, nor does `conformance`, which nothing is built with or timed with;
    everything else that it says does. What a variant was asked for shows in its packages.
    """
    identity = {
        "specification": specification.model_dump(mode="json", exclude={"folder", "conformance", "requirements"}),
        "device": kind_of(device),
        "lock_sha256": lock_sha256(specification, device),
        "python": python_version,
        "platform": platform_name(),
        "recipe": RECIPE,
    }
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
