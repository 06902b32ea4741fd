"""Noise floors as tables, one for each metric."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.table import Column

from harness.orchestrator.analysis.comparability import IDENTITY
from harness.orchestrator.analysis.metrics import METRICS
from harness.orchestrator.core.cases import case_name
from harness.orchestrator.core.formatting import ABSENT, percent
from harness.orchestrator.reports.exporters import Exporter, View
from harness.orchestrator.reports.markdown import document
from harness.orchestrator.reports.markdown import grid as markdown_grid
from harness.orchestrator.reports.terminal import right, say, show_grid

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
            lines.append([case_name(dict(zip(IDENTITY, case, strict=True)), ["device"]), *figures])
        return made


def noise_markdown(view: NoiseView) -> bytes:
    """The report of a session that measured noise floors."""
    parts = [part for label, lines in view.tables.items() for part in (f"## {label}", markdown_grid([HEADER, *lines]))]
    return document(["# Noise floors", *parts, MEANING])


def show(console: Console, view: NoiseView) -> None:
    """Print them."""
    for label, lines in view.tables.items():
        say(console, label, "bold")
        show_grid(console, [Column(HEADER[0]), *map(right, HEADER[1:])], lines)
    say(console, MEANING)


EXPORTER = Exporter("markdown", ".md", noise_markdown)
