"""Writes the reports of a session of operations: reports/<session>.md and its flat table."""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.reports.write_files import put
from harness.orchestrator.suites.ops import csv_table, markdown


def write(name: str, documents: list[dict], folder: Path) -> Path:
    """Render a session into a folder; returns the path of the Markdown."""
    put(folder, {f"{name}.csv": csv_table.render(documents), f"{name}.md": markdown.render(name, documents)})
    return folder / f"{name}.md"
