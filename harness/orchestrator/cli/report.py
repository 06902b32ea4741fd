"""`harness report`: render stored sessions again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.orchestrator.cli.options import json_option, list_option, only_option, silence_option
from harness.orchestrator.cli.run import give_sessions
from harness.orchestrator.core.errors import ConfigError, RecordError
from harness.orchestrator.core.paths import REPORTS, RESULTS
from harness.orchestrator.core.working_line import working
from harness.orchestrator.reports.session.metric_rows import METRIC_ROWS, check_metrics

if TYPE_CHECKING:
    from harness.orchestrator.reports.session.table import SessionView
    from harness.orchestrator.results.store import Stored


@click.command()
@click.argument("sources", nargs=-1)
@click.option("--results", type=click.Path(path_type=Path), default=RESULTS, help="Folder of the records.")
@click.option("--reports", type=click.Path(path_type=Path), default=REPORTS, help="Folder of the reports.")
@click.option("--efficiency", is_flag=True, help="Also print what part of the machine's peak each run reaches.")
@list_option("--metrics", help=f"Also show rows of {', '.join(METRIC_ROWS)}.")
@only_option
@silence_option
@json_option
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown and write nothing.")
@click.option(
    "--pytest-benchmark",
    "benchmark_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write one session's epoch_s into a file that `pytest-benchmark compare` reads, and nothing else.",
)
def report_command(
    sources: tuple[str, ...],
    results: Path,
    reports: Path,
    efficiency: bool,
    metrics: list[str] | None,
    only: list[str] | None,
    silence: list[str] | None,
    as_json: bool,
    as_markdown: bool,
    benchmark_file: Path | None,
) -> None:
    """Render sessions, folders or record files again; the latest session if none is named.

    With --json, --markdown or --only nothing is written: reports/ holds whole sessions.
    """
    from harness.orchestrator.analysis.diagnostics.rules import check_codes
    from harness.orchestrator.reports.exporters import exported
    from harness.orchestrator.results.store import find

    check_codes(silence or ())
    shown = check_metrics(metrics)
    working("reading the records")
    found = of_cases(find(sources, results), only)
    for problem in [problem for stored in found for problem in stored.problems]:
        click.echo(f"Warning: {problem}", err=True)
    if benchmark_file is not None:
        click.echo(write_benchmarks(found, benchmark_file), err=as_json)
        return
    for stored in found:
        if not stored.records:
            click.echo(f"{stored.name} holds no record.", err=True)
    views = [view_of(stored, silence or (), shown) for stored in found if stored.records]
    if as_json:
        give_sessions(views)
    elif as_markdown:
        for view in views:
            click.echo(exported(view, "markdown"), nl=False)
    else:
        for view in views:
            show(view, efficiency, None if only else reports)


def of_cases(found: list[Stored], patterns: list[str] | None) -> list[Stored]:
    """Sessions with the records of the cases that patterns name alone; those without any are left out."""
    from harness.orchestrator.analysis import selection

    groups = selection.of_cases(patterns, *(stored.records for stored in found))
    chosen = [replace(stored, records=records) for stored, records in zip(found, groups, strict=True)]
    return chosen if patterns is None else [stored for stored in chosen if stored.records]


def view_of(stored: Stored, silence: Collection[str], metrics: tuple[str, ...]) -> SessionView:
    """The view of a stored session, which has silenced diagnostics itself."""
    from harness.orchestrator.reports.session.table import SessionView

    return SessionView(stored.name, stored.records, metrics, silence=(*stored.silence, *silence))


def show(view: SessionView, efficiency: bool, reports: Path | None) -> None:
    """Print a session, and write its report unless there is no folder for it."""
    from rich.console import Console

    from harness.orchestrator.reports.exporters import write
    from harness.orchestrator.reports.session import terminal
    from harness.orchestrator.reports.terminal import say_written

    console = Console()
    terminal.show(console, view, efficiency)
    if reports is not None:
        say_written(console, write(view, reports))


def write_benchmarks(found: list[Stored], file: Path) -> str:
    """Write a session in pytest-benchmark's format; says how many of its cases that holds.

    Raises:
        ConfigError: several sessions, of which each belongs into a file of its own.
        RecordError: it holds no record, or the file cannot be written.
    """
    from harness.orchestrator.reports.exporters import exported
    from harness.orchestrator.reports.session.pytest_benchmark import coverage
    from harness.orchestrator.reports.session.table import SessionView
    from harness.orchestrator.results.record import write_whole

    if len(found) != 1:
        names = ", ".join(stored.name for stored in found)
        raise ConfigError(
            f"Several sessions for {file}. Expected one, whose runs are the rounds. Received {names}. "
            "Export each into a file of its own."
        )
    (stored,) = found
    if not stored.records:
        raise RecordError(f"{stored.name} holds no record. Expected at least one. Run it again.")
    write_whole(file, exported(SessionView(stored.name, stored.records), "pytest-benchmark"))
    return f"Written to {file}: {coverage(stored.records)}"
