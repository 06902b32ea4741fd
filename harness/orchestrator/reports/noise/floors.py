"""Noise floors as tables, one for each metric."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.table import Column

from harness.orchestrator.analysis.metrics import METRICS
from harness.orchestrator.core.formatting import ABSENT, percent
from harness.orchestrator.reports.exporters import Exporter, View
from harness.orchestrator.reports.markdown import document
from harness.orchestrator.reports.markdown import grid as markdown_grid
from harness.orchestrator.reports.terminal import grid, right, say

HEADER = ["Case", "Interleaved: spread", "floor", "Separate: spread", "floor"]
MEANING = (
    "Spread between separate runs, or between the ratios of interleaved rounds; then the floor: no smaller difference "
    "gets a verdict on this machine."
)


@dataclass(frozen=True)
class NoiseView(View):
    """The noise floors that a session gave."""

    floors: list[dict]

    @property
    def tables(self) -> dict[str, list[list[str]]]:
        """Label of a metric -> lines of cells below HEADER: the floors of a case, interleaved and separate."""
        found = {(one["metric"], tuple(one["case"].values()), one["interleaved"]): one for one in self.floors}
        made: dict[str, list[list[str]]] = {}
        for metric, case in dict.fromkeys(key[:2] for key in found):
            ways = [found.get((metric, case, interleaved)) for interleaved in (True, False)]
            figures = [percent(way[key]) if way else ABSENT for way in ways for key in ("spread", "floor")]
            lines = made.setdefault(METRICS[metric].label.capitalize(), [])
            lines.append([" ".join((*case[:2], case[3])), *figures])
        return made


def noise_markdown(view: NoiseView) -> bytes:
    """The report of a session that measured noise floors."""
    parts = [part for label, lines in view.tables.items() for part in (f"## {label}", markdown_grid([HEADER, *lines]))]
    return document(["# Noise floors", *parts, MEANING])


def show(console: Console, view: NoiseView) -> None:
    """Print them."""
    for label, lines in view.tables.items():
        say(console, label, "bold")
        console.print(grid([Column(HEADER[0]), *map(right, HEADER[1:])], lines))
    say(console, MEANING)


EXPORTER = Exporter("markdown", ".md", noise_markdown)
