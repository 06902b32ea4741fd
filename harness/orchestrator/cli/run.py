"""`harness run`: measure what a configuration asks for and print the table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.orchestrator.cli.answer import console_beside, give
from harness.orchestrator.cli.main import INTERRUPTED
from harness.orchestrator.cli.measuring import conduct, go_on, measuring_options, planned, records_of
from harness.orchestrator.cli.options import json_option
from harness.orchestrator.core.errors import HarnessError, ProvisioningError

if TYPE_CHECKING:
    from rich.console import Console

    from harness.orchestrator.reports.session.table import SessionView
    from harness.orchestrator.results.store import Store
    from harness.orchestrator.sessions.session import Session

OK, NOT_OK = 0, 1
DEFAULT_CONFIG = "quick"


@click.command()
@measuring_options(DEFAULT_CONFIG)
@click.option("--resume", metavar="SESSION", help="Continue an interrupted session, with its own settings.")
@json_option
@click.option("--require-all", is_flag=True, help="Fail unless every known backend has a row and every case is ok.")
def run(
    results: Path,
    reports: Path,
    resume: str | None,
    require_all: bool,
    as_json: bool,
    config: str | None,
    **options: object,
) -> int:
    """Run every case of a configuration, each in a fresh process, and print the table."""
    from harness.orchestrator.results.store import find_folder

    console = console_beside(as_json)
    folder = None if resume is None else find_folder(resume, results)
    given = {"config": config, **options}
    session = planned(config or DEFAULT_CONFIG, options) if folder is None else go_on(folder, given)
    store = conduct(console, session, results, folder)
    return show_and_write(session, store, reports, console, require_all, as_json)


def show_and_write(
    session: Session, store: Store, reports: Path, console: Console, require_all: bool, as_json: bool = False
) -> int:
    """Print and write the table of what there is; returns the exit code."""
    from harness.orchestrator.reports.exporters import write
    from harness.orchestrator.reports.session import terminal
    from harness.orchestrator.reports.session.table import SessionView
    from harness.orchestrator.reports.terminal import say_written

    records = records_of(session, store)
    view = SessionView(store.name, records, silence=session.config.silence)
    if as_json:
        give_sessions([view])
    else:
        terminal.show(console, records, silence=view.silence)
    if session.trouble is not None:
        raise session.trouble
    say_written(console, write(view, reports))
    if session.interrupted:
        console.print(f"Continue with: make bench RESUME={store.folder}", highlight=False, soft_wrap=True)
        return INTERRUPTED
    return exit_code(records, session.config.backends, require_all)


def give_sessions(views: list[SessionView]) -> None:
    """Print sessions as a JSON document."""
    from harness.orchestrator.reports.documents import session as json_document

    give(json_document.document(views))


def exit_code(records: list[dict], backends: list[str], require_all: bool) -> int:
    """The code for a session that was carried through.

    Raises:
        HarnessError: with code 5 if no case is ok because none could run.
    """
    from harness.orchestrator.environments.description import specification

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
