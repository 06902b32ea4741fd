"""`harness report`: render stored sessions again."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from harness.orchestrator.core.errors import ConfigError, RecordError
from harness.orchestrator.core.paths import REPORTS, RESULTS
from harness.orchestrator.core.working_line import working
from harness.orchestrator.results.store import Stored, find


@click.command()
@click.argument("sources", nargs=-1)
@click.option("--results", type=click.Path(path_type=Path), default=RESULTS, help="Folder of the records.")
@click.option("--reports", type=click.Path(path_type=Path), default=REPORTS, help="Folder of the reports.")
@click.option("--efficiency", is_flag=True, help="Also print what part of the machine's peak each run reaches.")
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
    as_markdown: bool,
    benchmark_file: Path | None,
) -> None:
    """Render sessions, folders or record files again; the latest session if none is named."""
    from harness.orchestrator.reports.exporters import exported, write
    from harness.orchestrator.reports.session import terminal
    from harness.orchestrator.reports.session.table import SessionView

    console = Console()
    working("reading the records")
    found = find(sources, results)
    for problem in [problem for stored in found for problem in stored.problems]:
        click.echo(f"Warning: {problem}", err=True)
    if benchmark_file is not None:
        click.echo(write_benchmarks(found, benchmark_file))
        return
    for stored in found:
        if not stored.records:
            click.echo(f"{stored.name} holds no record.", err=True)
        elif as_markdown:
            click.echo(exported(SessionView(stored.name, stored.records), "markdown"), nl=False)
        else:
            terminal.show(console, stored.records, efficiency)
            path = write(SessionView(stored.name, stored.records), reports)
            console.print(f"Written to {path}", highlight=False)


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
