"""A comparison as Markdown."""

from __future__ import annotations

from harness.orchestrator.analysis.verdict import FASTER, SLOWER
from harness.orchestrator.reports.comparison.view import HEADERS, ComparisonView
from harness.orchestrator.reports.exporters import Exporter
from harness.orchestrator.reports.markdown import bullets, document, grid, numbered


def comparison_markdown(view: ComparisonView) -> bytes:
    """A comparison below its heading."""
    parts = [f"# {view.heading}", bullets(view.introduction), f"**{view.summary.capitalize()}.**"]
    for metric in view.metrics:
        heading, lines = view.title(metric), [marked(line.verdict, view.cells(line)) for line in view.of(metric)]
        parts += [f"## {heading[0].upper()}{heading[1:]}", grid([HEADERS, *lines])]
    pictures = [f"![Ratios with their intervals]({name})" for name in view.pictures]
    return document([*parts, numbered(view.reasons), bullets(view.warnings), *pictures, bullets(view.notes)])


def marked(verdict: str, cells: tuple[str, ...]) -> list[str]:
    """Cells with a verdict that matters in bold."""
    *figures, word = (cell.replace("|", "\\|") for cell in cells)
    return [*figures, f"**{word}**" if verdict in (SLOWER, FASTER) else word]


EXPORTER = Exporter("markdown", ".md", comparison_markdown)
