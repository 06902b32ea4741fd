"""The command line: measure start by start, print the tables, write the rows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import click
import pandas as pd
from rich.console import Console

from benchmarks.parity.measure import Start, deviations
from benchmarks.parity.tables import tables
from harness.orchestrator.cli.options import NamesType
from harness.orchestrator.core.config import Config, validate
from harness.orchestrator.core.errors import HarnessError
from harness.orchestrator.core.status import Status
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.sessions.preparation import Missing, find_environments
from harness.orchestrator.sessions.schedule import most_threads
from harness.orchestrator.sessions.session import check

BACKENDS = ("numpy", "tensorflow", "theano", "cntk")
WORKLOADS = ("mnist_mlp", "imdb_lstm", "mnist_cnn")
SAMPLES = (6000, 500)
# The workload that meets kinks at most places, on images so few that all places share some.
OF_PLACES = "mnist_cnn"
FEW_SAMPLES = (300, 150)


@click.command()
@click.option("--backends", type=NamesType(), default=",".join(BACKENDS), show_default=True)
@click.option("--workloads", type=NamesType(), default=",".join(WORKLOADS), show_default=True)
@click.option("--seeds", type=click.IntRange(0), default=6, show_default=True, help="Weights to start from.")
@click.option("--places", type=click.IntRange(0), default=16, show_default=True, help=f"Places in {OF_PLACES}'s data.")
@click.option("--output", type=click.Path(path_type=Path), help="A file for all rows, CSV.")
def parity(backends: list[str], workloads: list[str], seeds: int, places: int, output: Path | None) -> None:
    """Measure how far the first training steps of every backend lie from NumPy's in float64."""
    console = Console(stderr=True)
    rows: list[dict] = []
    try:
        config = validate({"backends": backends, "workloads": workloads, "data": "synthetic"}, "command line")
        for row in session(config, list(starts(config, seeds, places)), console):
            rows.append(row)
    except HarnessError as error:
        console.print(f"Error: {error}", style="red", soft_wrap=True)
        raise SystemExit(error.exit_code) from error
    finally:  # what was measured is kept, whatever ended the session
        if rows:
            click.echo(tables(pd.DataFrame(rows)))
        if rows and output:
            pd.DataFrame(rows).to_csv(output, index=False, float_format="%.2g")


def starts(config: Config, seeds: int, places: int) -> Iterator[Start]:
    """Every workload from every seed at the first good place; one of them from one seed at many places."""
    for workload, seed in product(config.workloads, range(seeds)):
        yield Start("seeds", workload, seed, SAMPLES, places=1, steady=True)
    if places and OF_PLACES in config.workloads:
        yield Start("places", OF_PLACES, config.seed, FEW_SAMPLES, places, steady=False)


def session(config: Config, all_starts: list[Start], console: Console) -> Iterator[dict]:
    """The rows of all starts."""
    check(config)
    threads = most_threads(config)
    environments = {
        backend: present(backend, found) for (backend, _), found in find_environments(config, Status(console)).items()
    }
    for start in all_starts:
        console.print(f"{start.workload}, seed {start.seed}, {start.places} place(s)", highlight=False)
        yield from deviations(start, config, environments, threads)


def present(backend: str, found: Environment | Missing) -> Environment:
    """An environment; a missing one is an error, as a table with holes derives nothing."""
    if isinstance(found, Missing):
        raise HarnessError(f"{backend} cannot run: {found.sentence}.")
    return found


if __name__ == "__main__":
    sys.exit(parity())
