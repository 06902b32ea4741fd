"""`harness noise`: how far apart are runs of one and the same thing on this machine?"""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from harness.orchestrator.analysis.metrics import METRICS
from harness.orchestrator.analysis.noise import floors_of, store
from harness.orchestrator.analysis.selection import select
from harness.orchestrator.analysis.statistics import FEWEST
from harness.orchestrator.cli.main import INTERRUPTED
from harness.orchestrator.cli.measuring import conduct, measuring_options, planned, records_of
from harness.orchestrator.errors import ConfigError, NothingComparable
from harness.orchestrator.formatting import ABSENT, percent
from harness.orchestrator.sides import parse

CONFIG = "check"
ROUNDS = 12
# Two sides that change nothing: what tells them apart is chance.
SIDES = parse("a", []), parse("b", [])


@click.command("noise")
@measuring_options(CONFIG)
@click.option("--from", "source", metavar="SESSION", help="Take a stored session's runs instead of measuring.")
def noise_command(results: Path, reports: Path, source: str | None, config: str | None, **overrides: object) -> int:
    """Run every case against itself, and store how large a difference between two sides chance makes: the noise floor.

    No verdict on this machine is given on a smaller difference from then on.
    """
    console = Console()
    records, interrupted = stored(source, results) if source else measured(console, results, config, overrides)
    rows = floors_of([record for record in records if record["status"] == "ok"])
    if not rows:
        raise NothingComparable(
            f"No noise floor. Expected at least {2 * FEWEST} runs of a case that are ok. "
            f"Received {len(records)} runs in all."
        )
    for machine in {record["machine"]["name"] for record in records if record.get("machine")}:
        path = store(results / machine, rows)
    console.print(grid(rows))
    console.print(
        f"floor: no difference below it gets a verdict on this machine. Written to {path}",
        highlight=False,
        soft_wrap=True,
    )
    return INTERRUPTED if interrupted else 0


def stored(source: str, results: Path) -> tuple[list[dict], bool]:
    """The records of a stored session."""
    return select(source, results).records, False


def measured(console: Console, results: Path, config: str | None, overrides: dict) -> tuple[list[dict], bool]:
    """The records of a session that is run for this, and whether it was cut off.

    Raises:
        ConfigError: too few rounds for two sides.
    """
    overrides = {**overrides, "rounds": overrides["rounds"] or ROUNDS}
    if overrides["rounds"] < 2 * FEWEST:
        raise ConfigError(f"Too few rounds. Expected {2 * FEWEST} at least. Received rounds={overrides['rounds']}.")
    session = planned(config or CONFIG, overrides, SIDES)
    store = conduct(console, session, results)
    if session.trouble is not None:
        raise session.trouble
    return records_of(session, store), session.interrupted


def grid(rows: list[dict]) -> Table:
    """Cases down, once for each way that sides can be run; spread and floor of each metric across."""
    shown = Table("Case", "Sides", header_style="bold")
    metrics = [metric for metric in METRICS.values() if any(row["metric"] == metric.key for row in rows)]
    for metric in metrics:
        shown.add_column(f"{metric.label}\nspread, floor", justify="right")
    found = {(tuple(row["case"].values()), row["in_turns"], row["metric"]): row for row in rows}
    for case, in_turns in dict.fromkeys(key[:2] for key in found):
        cells = [found.get((case, in_turns, metric.key)) for metric in metrics]
        written = [f"{percent(row['spread'])}, {percent(row['floor'])}" if row else ABSENT for row in cells]
        shown.add_row(f"{case[0]} {case[1]} {case[3]}", "in turns" if in_turns else "apart", *written)
    return shown
