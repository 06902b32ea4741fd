"""The command line: hold the contest on the recorded runs, print its tables, write the page."""

from __future__ import annotations

import sys

import click
import pandas as pd
from rich.console import Console
from rich.markdown import Markdown

from benchmarks.detector import page
from benchmarks.detector.contest import PARTS
from benchmarks.detector.recorded import load


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
@click.option("--suites", type=click.IntRange(20), default=100, show_default=True, help="Drawn for each figure.")
def detector(parts: tuple[str, ...], suites: int) -> None:
    """Measure how often verdicts err; PARTS of the contest, by default all, are held anew, the others kept."""
    console, table = Console(stderr=True), load()
    for part in parts or PARTS:
        console.print(f"{part} ...", highlight=False)
        page.keep(part, pd.DataFrame(PARTS[part](table, suites)))
    text = page.write(table)
    Console(width=150).print(Markdown(text))


if __name__ == "__main__":
    sys.exit(detector())
