"""A comparison on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Column

from harness.orchestrator.analysis.comparison import Line
from harness.orchestrator.analysis.verdict import FASTER, SAME, SLOWER
from harness.orchestrator.reports.comparison.view import HEADERS, ComparisonView
from harness.orchestrator.reports.terminal import right, say, say_all, say_reasons, show_grid

STYLES = {SLOWER: "bold red", FASTER: "bold green", SAME: "default"}


def show(console: Console, view: ComparisonView) -> None:
    """Print a comparison."""
    console.print()
    for line in view.introduction:
        say(console, line)
    for metric in view.metrics:
        console.print()
        say(console, view.title(metric), "bold")
        show_grid(console, columns(), (coloured(line, view) for line in view.of(metric)))
    console.print(f"{view.summary.capitalize()}.", highlight=False)
    say_reasons(console, view.reasons)
    say_all(console, view.warnings, "yellow")
    say_all(console, view.notes, "dim")


def columns() -> list[Column]:
    """Those of HEADERS: figures to the right."""
    case, *figures, verdict = HEADERS
    return [Column(case), *map(right, figures), Column(verdict)]


def coloured(line: Line, view: ComparisonView) -> list[str]:
    """A line's cells in markup, its verdict in its colour."""
    *figures, verdict = map(escape, view.cells(line))
    return [*figures, f"[{STYLES.get(line.verdict, 'yellow')}]{verdict}[/]"]
