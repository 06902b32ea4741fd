"""The command line: measure block by block, print the table, write the page."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pandas as pd
from rich.console import Console

from benchmarks.speed import page
from benchmarks.speed.entrants import NATIVE, OURS, entrants
from benchmarks.speed.measure import Cell, block, cold
from benchmarks.speed.ratios import ratio
from harness.orchestrator.cli.options import NamesType
from harness.orchestrator.core.config import Config, load_config
from harness.orchestrator.core.errors import HarnessError
from harness.orchestrator.core.paths import ROOT
from harness.orchestrator.core.status import Status
from harness.orchestrator.execution.locks import host_lock
from harness.orchestrator.monitoring import machine
from harness.orchestrator.sessions.preparation import prepare
from harness.orchestrator.sessions.prepared import Prepared
from harness.orchestrator.sessions.schedule import expand, most_threads
from harness.orchestrator.sessions.session import check

PAGE = ROOT / "docs" / "design" / "speed.md"
MOST = 4  # times as many blocks as were asked for, where a cell is noisy


@click.command()
@click.option("--backend", "backends", type=NamesType(), help="Only these backends; the page is then not written.")
@click.option("--workload", "workloads", type=NamesType(), help="Only these workloads; the page is then not written.")
@click.option(
    "--rounds", type=int, help=f"Blocks of a cell, at least; up to {MOST} times as many where they are noisy."
)
@click.option("--threads", type=int, help="Threads each library may use; default: every physical core.")
@click.option("--output", type=click.Path(path_type=Path), help=f"The page. Default: {PAGE.relative_to(ROOT)}.")
def speed(output: Path | None, **options: object) -> None:
    """Compare our layer with hand-written code and with Keras on this machine."""
    console = Console(stderr=True)
    whole = not (options["backends"] or options["workloads"])
    path = output or (PAGE if whole else None)
    rows: list[dict] = []
    try:
        for row in session(load_config("speed", options), console):
            rows.append(row)
            if path:
                page.keep(path, pd.DataFrame(rows))
    except HarnessError as error:
        console.print(f"Error: {error}", style="red", soft_wrap=True)
        raise SystemExit(error.exit_code) from error
    finally:  # what was measured is shown, whatever ended the session
        if rows:
            click.echo(page.table(pd.DataFrame(rows)))
    if path:
        page.write(path, pd.DataFrame(rows), machine.describe())


def session(config: Config, console: Console) -> Iterator[dict]:
    """The figures of all runs: a row for each, with backend, workload, entrant, block and cold."""
    check(config)
    threads = most_threads(config)
    prepared = prepare(config, threads, Status(console))
    with host_lock(console.print):
        for cell in cells(config, prepared, threads):
            yield from runs(cell, config, console)


def cells(config: Config, prepared: Prepared, threads: int) -> list[Cell]:
    """All backends on all workloads; a missing one is an error, as a table with holes compares nothing."""
    made = []
    for case in sorted(expand(config, threads), key=lambda case: config.backends.index(case.backend)):
        lacking = prepared.obstacle(case)
        if lacking is not None:
            raise HarnessError(f"{case.backend} {case.workload} cannot run: {lacking.sentence}.")
        environment = prepared.environments[case.backend, case.device]
        made.append(Cell(case, environment, prepared.data[case.workload], prepared.reference(case)))
    return made


def runs(cell: Cell, config: Config, console: Console) -> Iterator[dict]:
    """A row for each run; where a library has a compile cache, block 0 is cold and tells of compilation."""
    names = {"backend": cell.case.backend, "workload": cell.case.workload}
    order = random.Random(f"{config.seed} {' '.join(names.values())}")
    for row in blocks(cell, config, order):
        row = names | row
        console.print(line(row), highlight=False, soft_wrap=True)
        yield row


def blocks(cell: Cell, config: Config, order: random.Random) -> Iterator[dict]:
    """All blocks' rows, the entrants in another order in each.

    There are more than were asked for until ours / native is known well enough. This looks at the interval's width and
    not at where it lies; it then covers the truth in 92 to 95 of 100 cells, by simulation, where 95 were promised.
    """
    field = entrants(cell.case.backend)
    if cell.environment.compile_cache is not None:
        for entrant in order.sample(field, len(field)):
            yield {"block": 0, "cold": True} | cold(cell, entrant, config)
    done: list[dict] = []
    for number in range(1, MOST * config.rounds + 1):
        found = block(cell, order.sample(field, len(field)), config, order)
        rows = [{"block": number, "cold": False} | row for row in found]
        yield from rows
        done += rows
        if number >= config.rounds and is_known(done):
            return


def is_known(rows: list[dict]) -> bool:
    """Whether the interval of ours / native is narrow."""
    found = ratio(pd.DataFrame(rows), "epoch_s", OURS, NATIVE)
    return found is not None and found.narrow


def line(row: dict) -> str:
    """One run in a line."""
    place = f"{row['backend']} {row['workload']} {row['entrant']}, block {row['block']}"
    return f"{place}: {row['epoch_s']:.3f} s an epoch, compile {row['compile_s']:.2f} s, loss {row['loss']:.3f}"


if __name__ == "__main__":
    sys.exit(speed())
