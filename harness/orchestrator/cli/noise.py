"""`harness noise`: how much do runs of the same thing differ on this machine?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.orchestrator.cli.answer import console_beside, give
from harness.orchestrator.cli.main import INTERRUPTED
from harness.orchestrator.cli.measuring import conduct, measuring_options, planned, records_of
from harness.orchestrator.cli.options import json_option
from harness.orchestrator.core.errors import ConfigError, NothingComparable
from harness.orchestrator.sessions.sides import parse

if TYPE_CHECKING:
    from rich.console import Console

CONFIG = "check"
ROUNDS = 12
# Two sides that change nothing: all that differs is chance.
SIDES = parse("a", []), parse("b", [])


@click.command("noise")
@measuring_options(CONFIG)
@json_option
@click.option("--from", "source", metavar="SESSION", help="Take a stored session's runs instead of measuring.")
def noise_command(
    results: Path, reports: Path, source: str | None, as_json: bool, config: str | None, **overrides: object
) -> int:
    """Run every case against itself, and store how large a difference between two sides chance makes: the noise floor.

    No verdict on this machine is given on a smaller difference from then on.
    """
    from harness.orchestrator.analysis.noise import floors_of, store
    from harness.orchestrator.analysis.statistics import FEWEST
    from harness.orchestrator.reports.documents import noise as json_document
    from harness.orchestrator.reports.exporters import write
    from harness.orchestrator.reports.noise.floors import NoiseView, show
    from harness.orchestrator.reports.terminal import say_written

    console = console_beside(as_json)
    records, interrupted = stored(source, results) if source else measured(console, results, config, overrides)
    floors = floors_of([record for record in records if record["status"] == "ok"])
    if not floors:
        raise NothingComparable(
            f"No noise floor. Expected at least {2 * FEWEST} runs of a case that are ok. "
            f"Received {len(records)} runs in all."
        )
    machines = {record["machine"]["name"] for record in records if record.get("machine")}
    paths = [store(results / machine, floors) for machine in machines]
    view = NoiseView(f"{floors[0]['session']}-noise", floors)
    report = write(view, reports)
    if as_json:
        give(json_document.document(view, list(map(str, paths))))
    else:
        show(console, view)
    say_written(console, *paths, report)
    return INTERRUPTED if interrupted else 0


def stored(source: str, results: Path) -> tuple[list[dict], bool]:
    """The records of a stored session."""
    from harness.orchestrator.analysis.selection import select

    return select(source, results).records, False


def measured(console: Console, results: Path, config: str | None, overrides: dict) -> tuple[list[dict], bool]:
    """The records of a session that is run for this, and whether it was cut off.

    Raises:
        ConfigError: too few rounds for two sides.
    """
    from harness.orchestrator.analysis.statistics import FEWEST
    from harness.orchestrator.core.config import AUTO

    overrides = {**overrides, "rounds": ROUNDS if overrides["rounds"] in (None, AUTO) else overrides["rounds"]}
    if overrides["rounds"] < 2 * FEWEST:
        raise ConfigError(f"Too few rounds. Expected {2 * FEWEST} at least. Received rounds={overrides['rounds']}.")
    session = planned(config or CONFIG, overrides, SIDES)
    store = conduct(console, session, results)
    if session.trouble is not None:
        raise session.trouble
    return records_of(session, store), session.interrupted
