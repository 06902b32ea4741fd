"""Noise floors as tables, one for each metric."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from harness.orchestrator.analysis.metrics import METRICS
from harness.orchestrator.core.formatting import ABSENT, percent
from harness.orchestrator.reports.write_files import put
from harness.orchestrator.reports.session.markdown import padded

HEADER = ["Case", "In turns: spread", "floor", "Apart: spread", "floor"]
MEANING = (
    "Spread between runs, in turns between the ratios of rounds; then the floor: no smaller difference gets a verdict on "
    "this machine."
)


def tables(rows: list[dict]) -> dict[str, list[list[str]]]:
    """Of each metric, by its label, lines of cells, HEADER the first: what each way of running gave for a case."""
    made: dict[str, list[list[str]]] = {}
    found = {(row["metric"], tuple(row["case"].values()), row["in_turns"]): row for row in rows}
    for metric, case in dict.fromkeys(key[:2] for key in found):
        ways = [found.get((metric, case, in_turns)) for in_turns in (True, False)]
        figures = [percent(way[key]) if way else ABSENT for way in ways for key in ("spread", "floor")]
        lines = made.setdefault(METRICS[metric].label.capitalize(), [HEADER])
        lines.append([" ".join((*case[:2], case[3])), *figures])
    return made


def write(name: str, rows: list[dict], folder: Path) -> Path:
    """Render floors into a folder; returns the path of the Markdown."""
    parts = [f"## {label}\n\n{padded(lines)}\n" for label, lines in tables(rows).items()]
    put(folder, {f"{name}.md": "\n".join(["# Noise floors\n", *parts, f"{MEANING}\n"])})
    return folder / f"{name}.md"


def show(console: Console, rows: list[dict]) -> None:
    """Print them."""
    for label, lines in tables(rows).items():
        shown = Table(HEADER[0], title=label, title_justify="left", header_style="bold")
        for heading in HEADER[1:]:
            shown.add_column(heading, justify="right")
        for line in lines[1:]:
            shown.add_row(*line)
        console.print(shown)
    console.print(MEANING, highlight=False, soft_wrap=True)
