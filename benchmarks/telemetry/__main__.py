"""The command line: measure block by block, print what sampling costs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pandas as pd
from rich.console import Console

from benchmarks.telemetry.measure import OFF, ON, block
from benchmarks.telemetry.pairs import LEVEL, median_ratio
from harness.orchestrator.cli.options import NamesType
from harness.orchestrator.core.config import Config, validate
from harness.orchestrator.core.errors import HarnessError
from harness.orchestrator.core.status import Status
from harness.orchestrator.execution.locks import host_lock
from harness.orchestrator.sessions.preparation import prepare
from harness.orchestrator.sessions.schedule import expand, most_threads
from harness.orchestrator.sessions.session import check

SAMPLES = {"train_samples": 12_800, "test_samples": 256}


@click.command()
@click.option("--backend", "backends", type=NamesType(), default="numpy,cntk", show_default=True)
@click.option("--workload", "workloads", type=NamesType(), default="mnist_mlp", show_default=True)
@click.option("--blocks", type=click.IntRange(1), default=3, show_default=True, help="Interleaved runs of each case.")
@click.option(
    "--epochs", type=click.IntRange(2), default=24, show_default=True, help="Epochs of a run; half of them are sampled."
)
@click.option(
    "--times", type=click.IntRange(1), default=1, show_default=True, help="How many times as often as usual to sample."
)
@click.option(
    "--output", type=click.Path(path_type=Path), help="A file for the epochs, CSV; those in it are counted too."
)
def telemetry(blocks: int, times: int, output: Path | None, **settings: object) -> None:
    """Measure what sampling costs an epoch, in pairs of epochs of one run, and what the orchestrator takes."""
    console = Console(stderr=True)
    epochs = [pd.read_csv(output, dtype={"block": str})] if output and output.exists() else []
    first = 1 + max((int(name.partition(".")[0]) for name in epochs[0]["block"]), default=0) if epochs else 1
    costs = []
    try:
        workloads = {"workload_settings": dict.fromkeys(settings["workloads"], SAMPLES)}
        config = validate(settings | workloads | {"data": "synthetic", "warmup_epochs": 2}, "command line")
        for names, rows, cost in session(config, range(first, first + blocks), times, console):
            epochs.append(pd.DataFrame(rows).assign(**names))
            costs.append(names | cost)
    except HarnessError as error:
        console.print(f"Error: {error}", style="red", soft_wrap=True)
        raise SystemExit(error.exit_code) from error
    table = pd.concat(epochs)
    if output:
        table.to_csv(output, index=False, float_format="%.6g")
    click.echo("\n".join([*epoch_lines(table), *cost_lines(pd.DataFrame(costs))]))


def session(config: Config, numbers: range, times: int, console: Console) -> Iterator[tuple[dict, list[dict], dict]]:
    """Names, rows of epochs and cost of every block of every case."""
    check(config)
    threads = most_threads(config)
    prepared = prepare(config, threads, Status(console))
    with host_lock(console.print):
        for number in numbers:
            for case in expand(config, threads):
                lacking = prepared.obstacle(case)
                if lacking is not None:
                    raise HarnessError(f"{case.backend} {case.workload} cannot run: {lacking.sentence}.")
                data, reference = prepared.data[case.workload], prepared.reference(case)
                found = block(number, times, case, config, data, reference, prepared.environment(case))
                yield {"backend": case.backend, "workload": case.workload}, *found


def epoch_lines(epochs: pd.DataFrame) -> list[str]:
    """Of each case: how much longer an epoch is that is sampled."""
    lines = []
    for (backend, workload), rows in epochs.groupby(["backend", "workload"], sort=False):
        middle, low, high = (100 * (ratio - 1) for ratio in median_ratio(rows, ON, OFF))
        samples = rows.loc[rows["entrant"] == ON, "samples"].mean()
        lines.append(
            f"{backend} {workload}: an epoch of {rows['epoch_s'].median():.3f} s takes {middle:+.2f} % longer with "
            f"{samples:.1f} samples in it ({LEVEL:.0%} interval {low:+.2f} to {high:+.2f} %, "
            f"{rows['block'].nunique()} pairs)"
        )
    return lines


def cost_lines(costs: pd.DataFrame) -> list[str]:
    """Of each case: the orchestrator's share of one core, and what of it is sampling."""
    lines = []
    for (backend, workload), runs in costs.groupby(["backend", "workload"], sort=False):
        total = runs.drop(columns=["backend", "workload"]).sum()
        share, sampling = (100 * spent / total.wall_s for spent in (total.orchestrator_cpu_s, total.sampling_s))
        lines.append(
            f"{backend} {workload}: the orchestrator takes {share:.2f} % of one core, of it sampling {sampling:.3f} %: "
            f"{1e3 * total.sampling_s / total.samples:.2f} ms a sample, {total.samples / total.wall_s:.1f} a second"
        )
    return lines


if __name__ == "__main__":
    sys.exit(telemetry())
