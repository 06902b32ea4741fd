"""`harness run`: measure what a configuration asks for and print the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.orchestrator.cli.answer import console_beside, give
from harness.orchestrator.cli.main import INTERRUPTED
from harness.orchestrator.cli.measuring import (
    conduct,
    go_on,
    measuring_options,
    nothing_further,
    planned,
    records_of,
)
from harness.orchestrator.cli.options import DurationType, json_option, list_option
from harness.orchestrator.core.errors import HarnessError, ProvisioningError
from harness.orchestrator.reports.session.metric_rows import METRIC_ROWS, check_metrics

if TYPE_CHECKING:
    from rich.console import Console

    from harness.orchestrator.core.cases import Run
    from harness.orchestrator.reports.session.table import SessionView
    from harness.orchestrator.results.store import Store
    from harness.orchestrator.sessions.session import Session

OK, NOT_OK = 0, 1
DEFAULT_CONFIG = "quick"


@click.command()
@measuring_options(DEFAULT_CONFIG)
@click.option("--resume", metavar="SESSION", help="Continue an interrupted session, with its own settings.")
@click.option(
    "--budget",
    type=DurationType(),
    help="How long rounds may go on that settle the ranking, from the first table on, e.g. 5m; default: as configured.",
)
@list_option("--metrics", help=f"Also show rows of {', '.join(METRIC_ROWS)}.")
@json_option
@click.option("--require-all", is_flag=True, help="Fail unless every known backend has a row and every case is ok.")
def run(
    results: Path,
    reports: Path,
    resume: str | None,
    budget: float | None,
    metrics: list[str] | None,
    require_all: bool,
    as_json: bool,
    config: str | None,
    **options: object,
) -> int:
    """Run every case of a configuration, each in a fresh process, and print the table and the ranking."""
    from harness.orchestrator.results.store import find_folder

    console, shown = console_beside(as_json), check_metrics(metrics)
    folder = None if resume is None else find_folder(resume, results)
    given = {"config": config, **options}
    session = planned(config or DEFAULT_CONFIG, options) if folder is None else go_on(folder, given)
    store = conduct(console, session, results, folder, further_rounds(console, session, budget))
    return show_and_write(view_of(session, store, shown), session, store, reports, console, require_all, as_json)


def view_of(session: Session, store: Store, metrics: tuple[str, ...]) -> SessionView:
    """All that there is of a session."""
    from harness.orchestrator.reports.session.table import SessionView

    return SessionView(store.name, records_of(session, store), metrics, silence=session.config.silence)


def further_rounds(console: Console, session: Session, budget: float | None) -> Callable[[Session], list[Run]]:
    """What gives a session the rounds that settle its ranking, if their number is left open."""
    from harness.orchestrator.sessions.ranking_rounds import RankingRounds

    if not session.open_ended:
        return nothing_further
    budget_s = session.config.budget_s if budget is None else budget
    return RankingRounds(budget_s, lambda session: show_first(console, session)).further


def show_first(console: Console, session: Session) -> None:
    """Print the table that there is before the rounds that are there to settle the ranking."""
    from harness.orchestrator.reports.session import terminal
    from harness.orchestrator.reports.session.table import SessionView

    terminal.show(console, SessionView("first", session.records), brief=True)
    console.print()


def say_undecided(console: Console, session: Session, store: Store) -> None:
    """Print the command that would settle what is not settled, if that can be."""
    from harness.orchestrator.sessions.ranking_rounds import minutes_to_settle, undecided

    minutes = minutes_to_settle(undecided(session)) if session.open_ended else 0
    if minutes:
        words = f"About {minutes} min more would settle what is inconclusive"
        command = f"make bench RESUME={store.folder} BUDGET={minutes}m"
        console.print(f"{words}: {command}", highlight=False, soft_wrap=True)


def show_and_write(
    view: SessionView,
    session: Session,
    store: Store,
    reports: Path,
    console: Console,
    require_all: bool,
    as_json: bool = False,
) -> int:
    """Print and write the table of what there is; returns the exit code."""
    from harness.orchestrator.reports.exporters import write
    from harness.orchestrator.reports.session import terminal
    from harness.orchestrator.reports.terminal import say_written

    if as_json:
        give_sessions([view])
    else:
        terminal.show(console, view)
    if session.trouble is not None:
        raise session.trouble
    say_written(console, write(view, reports))
    say_undecided(console, session, store)
    if session.interrupted:
        console.print(f"Continue with: make bench RESUME={store.folder}", highlight=False, soft_wrap=True)
        return INTERRUPTED
    return exit_code(view.records, session.config.backends, require_all)


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
