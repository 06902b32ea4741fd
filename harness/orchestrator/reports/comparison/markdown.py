"""A comparison as Markdown."""

from __future__ import annotations

from harness.orchestrator.analysis.rule import FASTER, SLOWER
from harness.orchestrator.reports.comparison.view import HEADERS, View, cells, count, introduction, notes, title
from harness.orchestrator.reports.session.markdown import padded


def render(heading: str, view: View, plot: str | None = None) -> str:
    """A comparison below a heading, with the picture of that file name if there is one."""
    parts = [f"# {heading}", "\n".join(f"- {line}" for line in introduction(view)), f"**{count(view).capitalize()}.**"]
    for metric in view.metrics:
        lines = [marked(line.verdict, cells(line, view)) for line in view.of(metric)]
        parts += [f"## {title(metric, view)[0].upper()}{title(metric, view)[1:]}", padded([list(HEADERS), *lines])]
    if view.reasons:
        parts.append("\n".join(f"{number}. {reason}" for number, reason in enumerate(view.reasons, 1)))
    if plot:
        parts.append(f"![Ratios with their intervals]({plot})")
    return "\n\n".join([*parts, "\n".join(f"- {note}" for note in notes(view))]) + "\n"


def marked(verdict: str, cells: tuple[str, ...]) -> list[str]:
    """Cells with a verdict that matters in bold."""
    *figures, word = (cell.replace("|", "\\|") for cell in cells)
    return [*figures, f"**{word}**" if verdict in (SLOWER, FASTER) else word]
