"""Where environments are kept: one cache folder for all checkouts, each environment under its digest."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from harness.orchestrator.core.errors import ProvisioningError
from harness.orchestrator.core.paths import cache_root, tagged
from harness.orchestrator.environments.description.specification import Specification, kind_of

DIGEST_LETTERS = 12
VARIANT = "+"

BLOCK_BYTES = 512  # the unit of st_blocks, whatever the file system's own


def environments_root() -> Path:
    """The folder of all environments; made, and marked as a cache, if it is not there."""
    root = cache_root() / "environments"
    try:
        tagged(cache_root())
        root.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise ProvisioningError(
            f"The cache folder {root} cannot be made: {cause.strerror}. Set HARNESS_CACHE to a folder that can"
        ) from cause
    return root


def environment_name(backend: str, device_kind: str, variant: bool = False) -> str:
    """What the folders of a backend's environments begin with; those of its variants begin otherwise."""
    name = backend if device_kind == "cpu" else f"{backend}-{device_kind}"
    return f"{name}{VARIANT}" if variant else name


def name_of(specification: Specification, device: str) -> str:
    """What the folders of the environments that `specification` asks for begin with."""
    return environment_name(specification.backend, kind_of(device), variant=bool(specification.requirements))


def beginning(name: str) -> str:
    """What stands before the digest in a folder's name: of a variant as long as of the environment that it varies.

    The length of a process's paths is a part of its memory layout, and the two are compared.
    """
    return name if name.endswith(VARIANT) else f"{name}-"


def environment_path(name: str, digest: str) -> Path:
    """The folder of the environment with this digest."""
    return environments_root() / f"{beginning(name)}{digest[:DIGEST_LETTERS]}"


def existing(name: str) -> list[Path]:
    """Every folder there is of `name`, of whatever digest, finished or not."""
    letters = "[0-9a-f]" * DIGEST_LETTERS
    return sorted(path for path in environments_root().glob(f"{beginning(name)}{letters}") if path.is_dir())


def lock_file(name: str) -> Path:
    """The file that whoever builds or removes `name` locks."""
    return environments_root() / f"{name}.lock"


def size_bytes(path: Path, shared: bool = True) -> int:
    """Disk space of a folder.

    Args: shared: whether files count that are linked elsewhere too, as most are in uv's package cache.
    """
    blocks = 0
    for folder, _, files in os.walk(path):
        for name in files:
            with contextlib.suppress(FileNotFoundError):
                status = os.lstat(f"{folder}/{name}")  # a Path for each of 130,000 files takes longer than the file
                blocks += status.st_blocks if shared or status.st_nlink == 1 else 0
    return blocks * BLOCK_BYTES
