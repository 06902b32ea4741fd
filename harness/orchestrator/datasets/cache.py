"""Prepared arrays on disk: made once, whole or not at all, and read back without reading them."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from harness.orchestrator.core.errors import DataError
from harness.orchestrator.core.paths import cache_root, tagged
from harness.orchestrator.datasets.model import ARRAYS, Arrays, Say

# History of SCHEMA, newest first.
# 1: schema, sha256, rows, size_bytes.
SCHEMA = 1

CARD = "prepared.json"


@dataclass(frozen=True)
class Stored:
    """The four arrays of one folder: path and rows of each, and the sum over all."""

    arrays: dict[str, Path]
    rows: dict[str, int]
    sha256: str


def root() -> Path:
    """Folder of all cached data sets: <HARNESS_CACHE or the user's cache folder>/datasets; made if missing."""
    folder = cache_root() / "datasets"
    with writing_to(folder):
        return tagged(folder)


def get_or_make(key: str, make: Callable[[], Arrays], say: Say) -> Stored:
    """The arrays stored under `key`; made, stored and returned if there are none. One process makes, others wait."""
    folder = root() / "prepared" / key
    stored = _load(folder)
    if stored is None:
        with locked(folder, say):
            stored = _load(folder) or _store(folder, make())
    return stored


@contextmanager
def locked(path: Path, say: Say) -> Iterator[None]:
    """Hold the lock beside `path`; says so when another process holds it."""
    with writing_to(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_name(path.name + ".lock"))
        try:
            lock.acquire(blocking=False)
        except Timeout:
            say(f"waiting for another process that prepares {path.name}")
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Answer a full disk or a folder without write permission with a sentence."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"The data cache cannot be written. Expected a writable folder with free space. "
            f"Received {folder}: {error.strerror or error}. Set HARNESS_CACHE to another folder."
        ) from error


def _load(folder: Path) -> Stored | None:
    """What the card of a folder says, if every array is there at its full length; else None."""
    try:
        card = json.loads((folder / CARD).read_text())
        paths = {name: folder / f"{name}.npy" for name in ARRAYS}
        sizes = {name: path.stat().st_size for name, path in paths.items()}
        if card["schema"] != SCHEMA or card["size_bytes"] != sizes:
            return None
        return Stored(paths, dict(card["rows"]), card["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _store(folder: Path, arrays: Arrays) -> Stored:
    """Write to a temporary folder, then move it into place; the caller holds the lock."""
    with writing_to(folder.parent):
        _remove_leftovers(folder)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            _write(temporary, arrays)
            temporary.replace(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    stored = _load(folder)
    if stored is None:
        raise DataError(
            f"Prepared arrays do not read back as written. Expected {', '.join(ARRAYS)} in {folder}. "
            f"Received a folder without them. Check the disk, or set HARNESS_CACHE to another folder."
        )
    return stored


def _remove_leftovers(folder: Path) -> None:
    """Remove what a killed process left half made, and a folder that no longer loads."""
    for leftover in folder.parent.glob(f".{folder.name}.*"):
        shutil.rmtree(leftover)
    if folder.exists():
        shutil.rmtree(folder)


def _write(folder: Path, arrays: Arrays) -> None:
    folder.chmod(0o755)  # mkdtemp makes it private, but a cache may be shared
    sizes = {}
    for name in ARRAYS:
        path = folder / f"{name}.npy"
        np.save(path, np.ascontiguousarray(arrays[name]), allow_pickle=False)
        sizes[name] = path.stat().st_size
    rows = {name: len(arrays[name]) for name in ARRAYS}
    card = {"schema": SCHEMA, "sha256": sum_of(arrays), "rows": rows, "size_bytes": sizes}
    (folder / CARD).write_text(json.dumps(card, indent=2, sort_keys=True) + "\n")


def sum_of(arrays: Arrays) -> str:
    """sha256 over name, type, shape and bytes of each array, in the order of ARRAYS."""
    total = hashlib.sha256()
    for name in ARRAYS:
        array = np.ascontiguousarray(arrays[name])
        total.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        total.update(array.data.cast("B"))
    return total.hexdigest()
