"""Writes the reports of a session: reports/<session>.md with its picture and its flat table, and the text as latest.md."""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.errors import RecordError
from harness.orchestrator.records import write_whole
from harness.orchestrator.reports import markdown, plot, tidy


def write(name: str, records: list[dict], folder: Path) -> Path:
    """Render a session into a folder; returns the path of the Markdown."""
    picture = folder / f"{name}.png"
    report = folder / f"{name}.md"
    text = markdown.render(name, records, picture.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(plot.render(name, records))
    except OSError as error:
        raise RecordError(f"{picture} could not be written: {error.strerror}. Expected a writable folder.") from error
    write_whole(folder / f"{name}.csv", tidy.render(records))
    write_whole(report, text)
    write_whole(folder / "latest.md", text)
    return report
