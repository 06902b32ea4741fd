"""`harness ops`: operations of K, backend beside backend."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.orchestrator.cli.answer import console_beside, give
from harness.orchestrator.cli.env import LOOKING, chosen, device_option
from harness.orchestrator.cli.main import INTERRUPTED
from harness.orchestrator.cli.measuring import machine_lock
from harness.orchestrator.cli.options import json_option, list_option
from harness.orchestrator.core.cases import PROFILES, SEED
from harness.orchestrator.core.errors import ConfigError, ProvisioningError
from harness.orchestrator.core.formatting import counted
from harness.orchestrator.core.paths import REPORTS, RESULTS

if TYPE_CHECKING:
    from rich.console import Console

    from harness.orchestrator.suites.ops.operations import Plan
    from harness.orchestrator.suites.ops.suite import Session

OK, NOT_OK = 0, 1


@click.command("ops")
@click.argument("sources", nargs=-1, metavar="[FILES]...")
@click.option("--show", is_flag=True, help="Show stored FILES, folders or sessions; the latest if none is named.")
@list_option("--backend", "backends", help="Only these backends.")
@list_option("--only", metavar="PATTERN,...", help="Only operations whose names match: rnn, 'conv2d*'.")
@device_option
@click.option("--threads", type=int, help="Threads each library may use; default: every physical core.")
@click.option("--profile", type=click.Choice(PROFILES), default="tuned", show_default=True)
@click.option(
    "--rounds", type=click.IntRange(min=2), default=5, show_default=True, help="Rounds of each operation, at least."
)
@click.option(
    "--max-time",
    "max_time_s",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Seconds to spend on each operation, unless --rounds takes longer.",
)
@click.option("--seed", type=int, default=SEED, show_default=True, help="Draws inputs and orders.")
@click.option("--results", type=click.Path(path_type=Path), default=RESULTS, help="Folder of the measurements.")
@click.option("--reports", type=click.Path(path_type=Path), default=REPORTS, help="Folder of the reports.")
@json_option
def ops_command(
    sources: tuple[str, ...], show: bool, results: Path, reports: Path, as_json: bool, **settings: object
) -> int:
    """Time operations of K on every backend with pytest-benchmark, and print them side by side."""
    from harness.orchestrator.suites.ops import stored

    console = console_beside(as_json)
    if show:
        show_documents(stored.find(sources, results), console, as_json)
        return OK
    if sources:
        raise ConfigError(
            f"Files to show, but not asked to show them. Expected --show before files. Received {sources[0]}. "
            "Add --show, or name backends with --backend."
        )
    plan = plan_of(**settings)
    return show_and_write(measure(plan, results, console), reports, console, as_json)


def plan_of(
    backends: list[str] | None, only: list[str] | None, threads: int | None, device: str, **settings: object
) -> Plan:
    """What is to be measured; ConfigError for invalid input, before anything is built."""
    from harness.orchestrator.environments.description.specification import kind_of
    from harness.orchestrator.monitoring import machine
    from harness.orchestrator.suites.ops import operations
    from harness.orchestrator.suites.ops.operations import Plan

    kind_of(device)
    count = machine.choose_threads(threads)
    named = operations.select(",".join(only or "*"))
    return Plan(chosen(backends or ()), named, device=device, threads=count, **settings)


def measure(plan: Plan, results: Path, console: Console) -> Session:
    """Measure while no other bench does."""
    from harness.orchestrator.monitoring import machine
    from harness.orchestrator.results.store import new_folder
    from harness.orchestrator.suites.ops import stored
    from harness.orchestrator.suites.ops.preparation import prepare
    from harness.orchestrator.suites.ops.suite import conduct
    from harness.orchestrator.suites.ops.terminal import Bars

    with machine_lock(console, [plan.device]) as status:
        with status.each(LOOKING) as say:
            found = prepare(plan.backends, plan.device, say)
        with status.stage("describing the machine"):
            state = machine.describe()
        folder = new_folder(results / state["name"], stored.PREFIX)
        amounts = counted(len(plan.operations), "operation"), counted(plan.threads, "thread")
        status.say(f"Session {folder.name}: {', '.join(amounts)}.")
        status.say(f"Stored in {folder}")
        return conduct(plan, found, folder, state, Bars(status, len(plan.operations)))


def show_documents(documents: list[dict], console: Console, as_json: bool) -> None:
    """Print what was measured."""
    from harness.orchestrator.suites.ops import json_document
    from harness.orchestrator.suites.ops.terminal import show_tables

    if as_json:
        give(json_document.document(documents))
    else:
        show_tables(console, documents)


def show_and_write(session: Session, reports: Path, console: Console, as_json: bool = False) -> int:
    """Print and write the table of what there is; returns the exit code."""
    from harness.orchestrator.reports.exporters import write
    from harness.orchestrator.reports.terminal import say_written
    from harness.orchestrator.suites.ops.table import OpsView

    if session.documents:
        show_documents(session.documents, console, as_json)
        say_written(console, write(OpsView(session.folder.name, session.documents), reports))
    return INTERRUPTED if session.interrupted else exit_code(session.documents)


def exit_code(documents: list[dict]) -> int:
    """The code for a session that was carried through; unavailable backends are no failure.

    Raises:
        ProvisioningError: no backend is available.
    """
    here = [document for document in documents if document["harness"]["status"] != "unsupported"]
    if not here:
        raise ProvisioningError(
            "No backend could be measured. Expected at least one. The reasons are below the table; see harness doctor."
        )
    complete = all(len(one["benchmarks"]) == len(one["harness"]["plan"]["operations"]) for one in here)
    return OK if complete else NOT_OK
