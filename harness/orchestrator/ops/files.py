"""Writes the reports of a session of operations: reports/<session>.md and its flat table."""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.errors import RecordError
from harness.orchestrator.ops import markdown, tidy
from harness.orchestrator.records import write_whole


def write(name: str, documents: list[dict], folder: Path) -> Path:
    """Render a session into a folder; returns the path of the Markdown."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordError(f"{folder} could not be made: {error.strerror}. Expected a place for a folder.") from error
    write_whole(folder / f"{name}.csv", tidy.render(documents))
    write_whole(folder / f"{name}.md", markdown.render(name, documents))
    return folder / f"{name}.md"
