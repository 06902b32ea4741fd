"""Writes the reports of a history: history.md, its flat table history.csv, and a picture for each metric."""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.analysis.history import Line
from harness.orchestrator.errors import RecordError
from harness.orchestrator.records import write_whole
from harness.orchestrator.reports.history import markdown, plot, tidy


def write(lines: list[Line], left_out: list[str], folder: Path) -> Path:
    """Render a history into a folder; returns the path of the Markdown."""
    report = folder / "history.md"
    of_metric: dict[str, list[Line]] = {}
    for line in lines:
        of_metric.setdefault(line.metric.key, []).append(line)
    pictures = {f"history-{key}.png": group for key, group in of_metric.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, group in pictures.items():
            (folder / name).write_bytes(plot.render(group))
    except OSError as error:
        raise RecordError(f"{folder} cannot hold reports: {error.strerror}. Expected a writable folder.") from error
    write_whole(folder / "history.csv", tidy.render(lines))
    labels = {group[0].metric.label: name for name, group in pictures.items()}
    write_whole(report, markdown.render(lines, left_out, labels))
    return report
