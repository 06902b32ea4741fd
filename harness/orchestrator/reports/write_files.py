"""Puts reports into their folder: pictures first, so that no text names one that is not there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.orchestrator.core.errors import RecordError
from harness.orchestrator.results.record import write_whole


def put(folder: Path, texts: Mapping[str, str], pictures: Mapping[str, bytes] | None = None) -> None:
    """Write files by name, in order; the folder is made if it is not there.

    Raises:
        RecordError: the disk is full, or the folder may not be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, picture in (pictures or {}).items():
            (folder / name).write_bytes(picture)
    except OSError as error:
        where = error.filename or folder
        raise RecordError(f"{where} could not be written: {error.strerror}. Expected a writable folder.") from error
    for name, text in texts.items():
        write_whole(folder / name, text)
