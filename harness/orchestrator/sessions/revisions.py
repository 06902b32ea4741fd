"""What of the harness runs inside, as it was at a git revision or is in the checkout now, each copy with its byte code.

A checkout's own code is copied too: nothing that happens to it during a session changes what is measured, and the two
sides of a comparison differ in their code alone, not in where it lies or in which byte code was there before.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.core.paths import ROOT, WORKER, cache_root, tagged
from harness.orchestrator.environments import build
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.monitoring.machine import git

COMMIT_LETTERS = 40
UNUSED_S = 30 * 24 * 3600  # a copy that was unused for so long is removed
KEPT = ("harness/__init__.py", "harness/backends", "harness/workloads", "harness/worker", "configs/environments")


def commit_of(revision: str) -> str | None:
    """The commit that a revision names, None if it names none."""
    found = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return found or None


def checkout(revision: str) -> Path:
    """The folder with KEPT as it was at the revision; kept in the cache under its commit.

    Raises:
        ConfigError: there is no such revision, or it has none of KEPT.
    """
    commit = commit_of(revision)
    if commit is None:
        raise ConfigError(
            f"Unknown revision. Expected a commit, branch or tag of {ROOT.name}. Received revision={revision!r}. "
            "Fetch it first: git fetch."
        )
    folder = copies() / commit
    if not folder.exists():
        unpack(commit, revision, folder)
    os.utime(folder)
    return folder


def working_copy() -> Path:
    """The folder with KEPT as it is in the checkout; kept in the cache under the digest of its content."""
    files = {path.relative_to(ROOT): path.read_bytes() for path in sources()}
    digest = hashlib.sha256(b"".join(b"%s\0%d\0%s" % (bytes(path), len(text), text) for path, text in files.items()))
    folder = copies() / digest.hexdigest()[:COMMIT_LETTERS]  # as long as a commit's
    if not folder.exists():
        temporary = Path(tempfile.mkdtemp(dir=folder.parent))
        for path, text in files.items():
            (temporary / path).parent.mkdir(parents=True, exist_ok=True)
            (temporary / path).write_bytes(text)
        put(temporary, folder)
    os.utime(folder)
    return folder


def sources() -> Iterator[Path]:
    """The files of KEPT in the checkout."""
    for name in KEPT:
        found = sorted((ROOT / name).rglob("*")) if (ROOT / name).is_dir() else [ROOT / name]
        yield from (path for path in found if path.is_file() and "__pycache__" not in path.parts)


def copies() -> Path:
    """The folder of all copies, without those that are no longer used."""
    folder = tagged(cache_root()) / "revisions"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        if old.stat().st_mtime < time.time() - UNUSED_S:
            shutil.rmtree(old, ignore_errors=True)
    return folder


def compile_bytecode(root: Path, environment: Environment) -> None:
    """Make the byte code of a copy for an environment's interpreter, so that no run finds less of it than another."""
    done = root / f"bytecode-{environment.versions['python']}"
    if not done.exists() and build.compile_bytecode(environment.python, root / "harness"):
        done.touch()


def unpack(commit: str, revision: str, folder: Path) -> None:
    """Write KEPT of a commit into a new folder, all of it or nothing."""
    command = [shutil.which("git") or "git", "-C", str(ROOT), "archive", commit, *KEPT]
    answer = subprocess.run(command, capture_output=True, check=False)
    if answer.returncode:
        said = " ".join(answer.stderr.decode("utf-8", "replace").split())
        raise ConfigError(
            f"Revision {revision} cannot be measured. Expected {', '.join(KEPT)} in it. Received: {said}."
        )
    temporary = Path(tempfile.mkdtemp(dir=folder.parent))
    with tarfile.open(fileobj=io.BytesIO(answer.stdout)) as archive:
        archive.extractall(temporary, filter="data")
    put(temporary, folder)


def put(temporary: Path, folder: Path) -> None:
    """Give a folder that is whole its name."""
    temporary.chmod(0o755)
    try:
        temporary.rename(folder)
    except OSError:  # another process was faster
        shutil.rmtree(temporary)


def worker_in(folder: Path) -> Path:
    """The worker's command line below a checkout."""
    return folder / WORKER.relative_to(ROOT)
