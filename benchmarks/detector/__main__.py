"""The command line: hold the contest on the recorded runs, print its tables, write the page."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.markdown import Markdown

from benchmarks.detector import contest, page
from benchmarks.detector.recorded import INTERLEAVED, SEPARATE, load


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(contest.PARTS)))
@click.option("--suites", type=click.IntRange(20), default=100, show_default=True, help="Drawn for each figure.")
def detector(parts: tuple[str, ...], suites: int) -> None:
    """Measure how often verdicts err; PARTS of the contest, by default all, are computed again, the others kept."""
    console, tables = Console(stderr=True), {path.stem: load(path) for path in (INTERLEAVED, SEPARATE)}
    for part in parts or contest.PARTS:
        console.print(f"{part} ...", highlight=False)
        page.keep(part, contest.rows(part, tables, suites))
    text = page.write(tables)
    Console(width=150).print(Markdown(text))


if __name__ == "__main__":
    sys.exit(detector())
