"""A comparison on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.orchestrator.analysis.metrics import Metric
from harness.orchestrator.analysis.rule import FASTER, SAME, SLOWER
from harness.orchestrator.reports.comparison.view import HEADERS, View, cells, count, introduction, notes, title
from harness.orchestrator.reports.session.terminal import say

NARROWEST = 10  # letters of the column of cases: a backend's name, above that of its workload
STYLES = {SLOWER: "bold red", FASTER: "bold green", SAME: "default"}


def show(console: Console, view: View) -> None:
    """Print a comparison."""
    console.print()
    for line in introduction(view):
        say(console, line, "default")
    for metric in view.metrics:
        console.print()
        say(console, title(metric, view), "bold")
        console.print(grid(view, metric))
    console.print(f"{count(view).capitalize()}.", highlight=False)
    for number, reason in enumerate(view.reasons, 1):
        say(console, f"[{number}] {reason}", "yellow")
    for line in notes(view):
        say(console, f"- {line}", "dim")


def grid(view: View, metric: Metric) -> Table:
    """The lines of a metric."""
    shown = Table(header_style="bold")
    for place, header in enumerate(HEADERS):
        justify = "right" if 0 < place < 4 else "left"
        shown.add_column(header, justify=justify, no_wrap=place > 0, min_width=None if place else NARROWEST)
    for line in view.of(metric):
        *figures, verdict = cells(line, view)
        shown.add_row(*map(escape, figures), f"[{STYLES.get(line.verdict, 'yellow')}]{escape(verdict)}[/]")
    return shown
