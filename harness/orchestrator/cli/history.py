"""`harness history`: how each case went over the stored sessions, and where it changed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from harness.orchestrator.analysis.metrics import ALL_METRICS, METRICS, METRICS_ON_REQUEST
from harness.orchestrator.cli.answer import give
from harness.orchestrator.cli.options import json_option, list_option, only_option
from harness.orchestrator.core.declared_workloads import declared_workloads
from harness.orchestrator.core.errors import NothingComparable
from harness.orchestrator.core.names import check_names
from harness.orchestrator.core.paths import REPORTS, RESULTS
from harness.orchestrator.core.working_line import working

METRIC_NAMES = f"Only these of {', '.join(METRICS)}; or, on request, of {', '.join(METRICS_ON_REQUEST)}."


@click.command("history")
@list_option("--backend", "backends", help="Only these backends.")
@list_option("--workload", "workloads", help="Only these workloads.")
@list_option("--metric", "metrics", help=METRIC_NAMES)
@list_option("--machine", "machines", help="Only these machines, as results/ names them.")
@click.option("--results", type=click.Path(path_type=Path), default=RESULTS, help="Folder of the records.")
@click.option("--reports", type=click.Path(path_type=Path), default=REPORTS, help="Folder of the reports.")
@only_option
@json_option
def history_command(
    metrics: list[str] | None,
    results: Path,
    reports: Path,
    only: list[str] | None,
    as_json: bool,
    **named: list[str] | None,
) -> None:
    """Show the trend of each case over the stored sessions, and where and by how much it changed.

    With --json or --only nothing is written: reports/ holds whole histories.
    """
    from rich.console import Console

    from harness.orchestrator.analysis import history
    from harness.orchestrator.analysis.selection import of_cases
    from harness.orchestrator.reports.documents import history as json_document
    from harness.orchestrator.reports.exporters import write
    from harness.orchestrator.reports.history import terminal
    from harness.orchestrator.reports.history.view import HistoryView
    from harness.orchestrator.reports.terminal import say_written
    from harness.orchestrator.results.store import load_all

    check_names("metric", metrics or [], ALL_METRICS)
    working("reading the records")
    records, problems = load_all(results)
    for problem in problems:
        click.echo(f"Warning: {problem}", err=True)
    (chosen,) = of_cases(only, select(records, **named))
    lines = history.lines(chosen, [ALL_METRICS[key] for key in metrics or METRICS])
    if not lines:
        raise NothingComparable(
            f"{results} has no matching runs. Expected at least one run that is ok and has the metric. "
            f"Received {len(records)} runs, {len(chosen)} of them asked for. Run some with: harness run."
        )
    view = HistoryView("history", lines, history.left_out(chosen))
    if as_json:
        give(json_document.document(view))
        return
    console = Console()
    terminal.show(console, view)
    if not only:
        say_written(console, write(view, reports))


def select(
    records: list[dict], backends: list[str] | None, workloads: list[str] | None, machines: list[str] | None
) -> list[dict]:
    """The records that are asked for.

    Raises:
        ConfigError: a name that neither the harness nor a record knows.
    """
    from harness.orchestrator.environments.description import specification

    known_backends = {*specification.known_backends(), *(record["case"]["backend"] for record in records)}
    check_names("backend", backends or [], sorted(known_backends))
    check_names("workload", workloads or [], sorted({*declared_workloads(), *(r["case"]["workload"] for r in records)}))
    check_names("machine", machines or [], sorted({machine_of(record) for record in records}))
    return [
        record
        for record in records
        if wanted(record["case"]["backend"], backends)
        and wanted(record["case"]["workload"], workloads)
        and wanted(machine_of(record), machines)
    ]


def machine_of(record: dict) -> str:
    """Where a run was made; a run that left no record was made nowhere."""
    return (record.get("machine") or {}).get("name", "none")


def wanted(name: str, chosen: Iterable[str] | None) -> bool:
    return chosen is None or name in chosen
