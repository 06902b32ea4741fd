"""`harness run`: measure what a configuration asks for and print the table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console

from harness.orchestrator.cli.main import INTERRUPTED
from harness.orchestrator.cli.measuring import NamesType, conduct, go_on, measuring_options, planned, records_of
from harness.orchestrator.core.errors import HarnessError, ProvisioningError
from harness.orchestrator.environments.description import specification
from harness.orchestrator.reports.session.metric_rows import METRIC_ROWS, check_metrics
from harness.orchestrator.results.store import Store, find_folder
from harness.orchestrator.sessions.session import Session

OK, NOT_OK = 0, 1
DEFAULT_CONFIG = "quick"


@click.command()
@measuring_options(DEFAULT_CONFIG)
@click.option("--resume", metavar="SESSION", help="Continue an interrupted session, with its own settings.")
@click.option("--metrics", type=NamesType(), help=f"Also show rows of {', '.join(METRIC_ROWS)}.")
@click.option("--require-all", is_flag=True, help="Fail unless every known backend has a row and every case is ok.")
def run(
    results: Path,
    reports: Path,
    resume: str | None,
    metrics: list[str] | None,
    require_all: bool,
    config: str | None,
    **options: object,
) -> int:
    """Run every case of a configuration, each in a fresh process, and print the table."""
    console, shown = Console(), check_metrics(metrics)
    folder = None if resume is None else find_folder(resume, results)
    given = {"config": config, **options}
    session = planned(config or DEFAULT_CONFIG, options) if folder is None else go_on(folder, given)
    store = conduct(console, session, results, folder)
    return show_and_write(session, store, reports, console, require_all, shown)


def show_and_write(
    session: Session, store: Store, reports: Path, console: Console, require_all: bool, metrics: tuple[str, ...] = ()
) -> int:
    """Print and write the table of what there is; returns the exit code."""
    from harness.orchestrator.reports.exporters import write
    from harness.orchestrator.reports.session import terminal
    from harness.orchestrator.reports.session.table import SessionView

    records = records_of(session, store)
    terminal.show(console, records, metrics=metrics)
    if session.trouble is not None:
        raise session.trouble
    path = write(SessionView(store.name, records, metrics=metrics), reports)
    console.print(f"Written to {path}", highlight=False, soft_wrap=True)
    if session.interrupted:
        console.print(f"Continue with: make bench RESUME={store.folder}", highlight=False, soft_wrap=True)
        return INTERRUPTED
    return exit_code(records, session.config.backends, require_all)


def exit_code(records: list[dict], backends: list[str], require_all: bool) -> int:
    """The code for a session that was carried through.

    Raises:
        HarnessError: with code 5 if no case is ok because none could run.
    """
    statuses = {record["status"] for record in records}
    absent = sorted(set(specification.known_backends()) - set(backends))
    if require_all and (absent or statuses != {"ok"}):
        raise HarnessError(incomplete(records, absent))
    if statuses <= {"unsupported"}:
        raise ProvisioningError(
            "No case could run. Expected at least one. The reasons are below the table; see harness doctor."
        )
    return OK if statuses <= {"ok", "unsupported"} else NOT_OK


def incomplete(records: list[dict], absent: Iterable[str]) -> str:
    """What --require-all found wanting."""
    wrong = [f"{record['run']['name']} is {record['status']}" for record in records if record["status"] != "ok"]
    missing = [f"{backend} has no row" for backend in absent]
    received = "; ".join([*missing, *wrong]) or "no case"
    return f"Not every case is ok. Expected all backends with all cases ok. Received {received}."
