"""Writes the reports of a comparison: <name>.md with its picture and its flat table."""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.reports.comparison import markdown, plot, csv_table
from harness.orchestrator.reports.comparison.view import View
from harness.orchestrator.reports.write_files import put


def write(name: str, heading: str, view: View, folder: Path) -> Path:
    """Render a comparison into a folder; returns the path of the Markdown."""
    picture = plot.render(view)
    pictures = {} if picture is None else {f"{name}.png": picture}
    text = markdown.render(heading, view, next(iter(pictures), None))
    put(folder, {f"{name}.csv": csv_table.render(view), f"{name}.md": text}, pictures)
    return folder / f"{name}.md"
