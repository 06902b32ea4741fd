"""What memory layout alone makes of a case's figures: python -m benchmarks.layout --backend numpy --workload mnist_mlp.

Runs of one code on one case, in random order: with nothing varied, with paths of several lengths, with environment
variables of several sizes. docs/design/layout-bias.md has what it found.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pandas as pd
from rich.console import Console

from harness.orchestrator.analysis.metrics import FASTEST, METRICS
from harness.orchestrator.cli.options import NamesType
from harness.orchestrator.core.cases import Case
from harness.orchestrator.core.config import Config, load_config
from harness.orchestrator.core.errors import HarnessError, WorkerFailed
from harness.orchestrator.core.status import Status
from harness.orchestrator.execution.executor import execute
from harness.orchestrator.execution.job import Job
from harness.orchestrator.execution.locks import host_lock
from harness.orchestrator.execution.memory_layout import ENVIRONMENT_BYTES, PATH_CHARACTERS, Layout
from harness.orchestrator.sessions import revisions
from harness.orchestrator.sessions.preparation import prepare
from harness.orchestrator.sessions.prepared import Prepared
from harness.orchestrator.sessions.request import job_of, request_of
from harness.orchestrator.sessions.schedule import expand, most_threads
from harness.orchestrator.sessions.session import check

MIDDLE = Layout(round(np.mean(PATH_CHARACTERS)), round(np.mean(ENVIRONMENT_BYTES)))
SHOWN = ("max_rss_bytes", FASTEST)


@click.command()
@click.option("--backend", "backends", type=NamesType(), default="numpy", show_default=True)
@click.option("--workload", "workloads", type=NamesType(), default="mnist_mlp", show_default=True)
@click.option("--config", "source", default="check", show_default=True, help="A file, or the name of one in configs/.")
@click.option("--profile", "profiles", type=NamesType(), default="tuned", show_default=True)
@click.option("--epochs", type=click.IntRange(1), default=2, show_default=True, help="Timed epochs of a run.")
@click.option("--layouts", type=click.IntRange(2), default=12, show_default=True, help="Of each kind.")
@click.option("--repeats", type=click.IntRange(2), default=2, show_default=True, help="Runs of each layout.")
@click.option("--output", type=click.Path(path_type=Path), help="A file for the runs, CSV.")
def layout(source: str, layouts: int, repeats: int, output: Path | None, **settings: object) -> None:
    """Measure how far the figures of one code scatter over memory layouts, and within one."""
    console = Console(stderr=True)
    try:
        config = load_config(source, settings)
        table = pd.DataFrame(list(session(config, layouts, repeats, console)))
    except HarnessError as error:
        console.print(f"Error: {error}", style="red", soft_wrap=True)
        raise SystemExit(error.exit_code) from error
    if output:
        table.to_csv(output, index=False, float_format="%.6g")
    click.echo("\n".join(lines(table)))


def session(config: Config, layouts: int, repeats: int, console: Console) -> Iterator[dict]:
    """A row for each run of each case."""
    check(config)
    threads = most_threads(config)
    with host_lock(console.print):
        prepared = prepare(config, threads, Status(console))
        for case in expand(config, threads):
            lacking = prepared.obstacle(case)
            if lacking is not None:
                raise HarnessError(f"{case.backend} {case.workload} cannot run: {lacking.sentence}.")
            chosen = [(varied, one) for varied, some in kinds(layouts).items() for one in some for _ in range(repeats)]
            for varied, one in random.Random(config.seed).sample(chosen, len(chosen)):
                yield {**vars(case), "varied": varied, **vars(one), **figures(config, case, prepared, one)}


def kinds(number: int) -> dict[str, list[Layout]]:
    """The layouts by what is varied in them; nothing else differs from MIDDLE."""
    return {
        "nothing": [MIDDLE],
        "path": [replace(MIDDLE, path_characters=length) for length in spread(PATH_CHARACTERS, number)],
        "environment": [replace(MIDDLE, environment_bytes=size) for size in spread(ENVIRONMENT_BYTES, number)],
    }


def spread(limits: tuple[int, int], number: int) -> list[int]:
    """So many whole numbers from one limit to the other."""
    return np.linspace(*limits, number).round().astype(int).tolist()


def figures(config: Config, case: Case, prepared: Prepared, one: Layout) -> dict:
    """What a run with a layout came to."""
    data, environment = prepared.data[case.workload], prepared.environment(case)
    request = request_of(config, case, data, prepared.reference(case))
    worker = revisions.worker_in(prepared.root(None))
    with tempfile.TemporaryDirectory(prefix="layout-") as folder:
        job = replace(job_of(case, request, environment, config.limits, Path(folder, "run"), worker), layout=one)
        result = done(job)
    record = {"metrics": result, "epochs": result["epochs"]}
    return {key: METRICS[key].of(record) for key in SHOWN}


def done(job: Job) -> dict:
    """The result of a run that ended well; WorkerFailed if it did not."""
    outcome = execute(job)
    if outcome.status != "ok":
        raise WorkerFailed(f"A run did not end well. Expected status=ok. Received {outcome.status}: {outcome.reason}.")
    return outcome.result


def lines(table: pd.DataFrame) -> list[str]:
    """Of each case and metric, by what was varied: the range, and the scatter between layouts and within one."""
    found = []
    for case, rows in table.groupby(["backend", "workload", "profile", "varied"], sort=False):
        found += [f"{' '.join(case)} varied, {words(rows, key)}" for key in SHOWN]
    return found


def words(rows: pd.DataFrame, key: str) -> str:
    """The range of a metric, and its scatter between layouts and within one."""
    layouts = np.log(rows[key]).groupby([rows["path_characters"], rows["environment_bytes"]])
    between = f", between {layouts.ngroups} layouts {100 * layouts.mean().std():.2f} %" if layouts.ngroups > 1 else ""
    return (
        f"{METRICS[key].label}: {rows[key].min():.6g} to {rows[key].max():.6g} {METRICS[key].unit}; "
        f"scatter within a layout {100 * np.sqrt(layouts.var().mean()):.2f} %{between}"
    )


if __name__ == "__main__":
    sys.exit(layout())
