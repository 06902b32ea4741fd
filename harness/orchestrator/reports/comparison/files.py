"""Writes the reports of a comparison: <name>.md with its picture and its flat table."""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.errors import RecordError
from harness.orchestrator.records import write_whole
from harness.orchestrator.reports.comparison import markdown, plot, tidy
from harness.orchestrator.reports.comparison.view import View


def write(name: str, heading: str, view: View, folder: Path) -> Path:
    """Render a comparison into a folder; returns the path of the Markdown."""
    picture = plot.render(view)
    report, image = folder / f"{name}.md", folder / f"{name}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if picture is not None:
            image.write_bytes(picture)
    except OSError as error:
        raise RecordError(f"{report} could not be written: {error.strerror}. Expected a writable folder.") from error
    write_whole(folder / f"{name}.csv", tidy.render(view))
    write_whole(report, markdown.render(heading, view, image.name if picture is not None else None))
    return report
