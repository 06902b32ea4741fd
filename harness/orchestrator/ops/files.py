"""Writes the reports of a session of operations: reports/<session>.md and its flat table."""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.ops import markdown, tidy
from harness.orchestrator.reports.folder import put


def write(name: str, documents: list[dict], folder: Path) -> Path:
    """Render a session into a folder; returns the path of the Markdown."""
    put(folder, {f"{name}.csv": tidy.render(documents), f"{name}.md": markdown.render(name, documents)})
    return folder / f"{name}.md"
