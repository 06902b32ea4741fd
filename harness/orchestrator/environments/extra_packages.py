"""Packages beside an environment's own: what a test or a comparison needs there and no run may meet.

They lie in a folder of their own in the cache, which a program puts on its path; the environment stays as it is.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from filelock import FileLock

from harness.orchestrator.core.paths import cache_root, tagged
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.environments.description.location import DIGEST_LETTERS
from harness.orchestrator.environments.toolchain.installer import install_beside


def installed(lock: Path, environment: Environment) -> Path:
    """The folder with what `lock` names by hash, for the environment's interpreter; filled once.

    Raises: InstallFailed.
    """
    digest = hashlib.sha256(lock.read_bytes() + environment.digest.encode()).hexdigest()[:DIGEST_LETTERS]
    target = tagged(cache_root()) / "additions" / f"{environment.backend}-{digest}"
    target.parent.mkdir(exist_ok=True)
    with FileLock(target.with_name(f"{environment.backend}.lock")):
        if not target.exists():
            unfinished = target.with_name(target.name + ".unfinished")
            install_beside(environment.python, lock, unfinished)
            unfinished.rename(target)
    return target
