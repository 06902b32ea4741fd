"""Writes the reports of a history: history.md, its flat table history.csv, and a picture for each metric."""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.analysis.history import Line
from harness.orchestrator.analysis.metrics import METRICS
from harness.orchestrator.reports.write_files import put
from harness.orchestrator.reports.history import markdown, plot, csv_table


def write(lines: list[Line], left_out: list[str], folder: Path) -> Path:
    """Render a history into a folder; returns the path of the Markdown."""
    of_metric: dict[str, list[Line]] = {}
    for line in lines:
        of_metric.setdefault(line.metric.key, []).append(line)
    pictures = {f"history-{key}.png": plot.render(group) for key, group in of_metric.items()}
    labels = {METRICS[key].label: name for key, name in zip(of_metric, pictures, strict=True)}
    text = markdown.render(lines, left_out, labels)
    put(folder, {"history.csv": csv_table.render(lines), "history.md": text}, pictures)
    return folder / "history.md"
