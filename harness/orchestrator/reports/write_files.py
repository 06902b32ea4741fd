"""Puts reports into their folder: pictures first, so that no text names one that is not there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.orchestrator.core.errors import RecordError
from harness.orchestrator.reports.exporters import Exporter, View, exporters
from harness.orchestrator.results.record import write_whole


def write(view: View, folder: Path) -> Path:
    """Write a view in all formats that are not for request only; returns the path of the Markdown.

    Raises:
        RecordError: the disk is full, or the folder may not be written.
    """
    chosen = [exporter for exporter in exporters(type(view)).values() if not exporter.on_request]
    pictures = files_of([exporter for exporter in chosen if exporter.is_picture], view)
    texts = files_of([exporter for exporter in chosen if not exporter.is_picture], replace(view, pictures=tuple(pictures)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordError(f"{folder} could not be made: {error.strerror}. Expected a writable folder.") from error
    for name, content in {**pictures, **texts}.items():
        write_whole(folder / name, content)
    return folder / f"{view.name}.md"


def files_of(chosen: list[Exporter], view: View) -> dict[str, bytes]:
    """The content of each file that exporters make of a view, by its name."""
    return {
        f"{name}{exporter.suffix}": exporter.render(part)
        for exporter in chosen
        for name, part in exporter.files(view).items()
    }
