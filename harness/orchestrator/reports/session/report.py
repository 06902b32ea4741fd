"""Writes the reports of a session: reports/<session>.md with its picture and its flat table, and the text as latest.md."""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.reports.session import markdown, plot, csv_table
from harness.orchestrator.reports.write_files import put


def write(name: str, records: list[dict], folder: Path) -> Path:
    """Render a session into a folder; returns the path of the Markdown."""
    picture = f"{name}.png"
    text = markdown.render(name, records, picture)
    texts = {f"{name}.csv": csv_table.render(records), f"{name}.md": text, "latest.md": text}
    put(folder, texts, {picture: plot.render(name, records)})
    return folder / f"{name}.md"
