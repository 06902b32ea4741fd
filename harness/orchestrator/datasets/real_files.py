"""Published files: found where Keras keeps them or in our own cache, else downloaded; used only with the right sum."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from harness.orchestrator.datasets import cache
from harness.orchestrator.datasets.model import FileUnavailable, RealFile, Say


def keras_folder() -> Path:
    """Where Keras keeps its data sets: KERAS_HOME names the folder itself, else it is ~/.keras. Only ever read."""
    home = os.environ.get("KERAS_HOME") or "~/.keras"
    return Path(home).expanduser() / "datasets"


def read_verified(file: RealFile, say: Say, always_try: bool) -> tuple[bytes, list[str]]:
    """The content of a file whose sum has been checked, and a sentence for each file that was passed over.

    The bytes that were summed are the bytes returned, so nothing can be exchanged in between.

    Args:
        file: the file wanted.
        say: told of a download.
        always_try: download even if that failed within the last hour.

    Raises:
        FileUnavailable: no source has the file.
    """
    content, notes = _read_if_good(keras_folder() / file.name, file)
    if content is not None:
        return content, notes
    own = cache.root() / "downloads" / file.name
    with cache.locked(own, say):
        content, more = _read_if_good(own, file)
        if content is None:
            more += _set_aside(own)
            content = _download(file, own, say, always_try, notes + more)
    return content, notes + more


def _read_if_good(path: Path, file: RealFile) -> tuple[bytes | None, list[str]]:
    """The content if it is what it should be, else None and, if there is something, a sentence that names it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None, []
    except OSError as error:
        return None, [f"{path} cannot be read ({error.strerror}) and was not used."]
    found = hashlib.sha256(content).hexdigest()
    if found == file.sha256:
        return content, []
    sums = f"sha256 {found[:12]}... instead of {file.sha256[:12]}..."
    return None, [f"{path} is corrupt and was not used ({len(content)} bytes, {sums})."]


def _set_aside(path: Path) -> list[str]:
    """Keep a corrupt file of our own cache under another name, so that the next download has the place."""
    if not path.exists():
        return []
    aside = path.with_name(path.name + ".corrupt")
    with cache.writing_to(path.parent):
        path.replace(aside)
    return [f"It is kept as {aside}."]


def _download(file: RealFile, path: Path, say: Say, always_try: bool, passed_over: list[str]) -> bytes:
    from harness.orchestrator.datasets import download  # loads much that few commands need

    try:
        download.fetch(file, path, say, always_try)
        return path.read_bytes()
    except download.DownloadFailed as error:
        found = " ".join(passed_over) or f"It is not in {keras_folder()}."
        reason = f"{file.name} is unavailable. {found} Downloading it from {file.url} failed: {error}."
        advice = f"Expected a file with sha256 {file.sha256}. Put it into {keras_folder()}, or choose synthetic data."
        raise FileUnavailable(f"{reason} {advice}", reason) from error
