"""The harness as it was at a git revision: what runs inside, and the environments' descriptions."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from harness.orchestrator.errors import ConfigError
from harness.orchestrator.machine import git
from harness.orchestrator.paths import ROOT, WORKER, cache_root, tagged

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
    folder = tagged(cache_root()) / "revisions" / commit
    if not folder.exists():
        unpack(commit, revision, folder)
    return folder


def unpack(commit: str, revision: str, folder: Path) -> None:
    """Write KEPT of a commit into a new folder, all of it or nothing."""
    folder.parent.mkdir(exist_ok=True)
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
    try:
        temporary.rename(folder)
    except OSError:  # another process was faster
        shutil.rmtree(temporary)


def worker_in(folder: Path) -> Path:
    """The worker's command line below a checkout."""
    return folder / WORKER.relative_to(ROOT)
