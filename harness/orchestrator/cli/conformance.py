"""`harness conformance`: what each backend computes correctly, function by function."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.orchestrator.cli.answer import console_beside, give
from harness.orchestrator.cli.env import LOOKING, chosen
from harness.orchestrator.cli.measuring import machine_lock
from harness.orchestrator.cli.options import json_option, list_option
from harness.orchestrator.core.errors import ProvisioningError
from harness.orchestrator.core.paths import REPORTS

if TYPE_CHECKING:
    from harness.orchestrator.suites.conformance import suite
    from harness.orchestrator.suites.conformance.table import Table

OK, NOT_OK = 0, 1
DEVICE = "cpu"


@click.command("conformance")
@list_option("--backend", "backends", help="Only these backends.")
@list_option("--only", metavar="PATTERN,...", help="Only cases whose names match: dropout, 'images-*'.")
@click.option("--reports", type=click.Path(path_type=Path), default=REPORTS, help="Folder of the report.")
@json_option
def conformance_command(backends: list[str] | None, only: list[str] | None, reports: Path, as_json: bool) -> int:
    """Run the conformance suite and print which functions of K each backend computes correctly."""
    from harness.orchestrator.environments import provision
    from harness.orchestrator.reports.exporters import write
    from harness.orchestrator.reports.terminal import say_written
    from harness.orchestrator.suites.conformance import json_document, suite, terminal
    from harness.orchestrator.suites.conformance.table import table_of
    from harness.worker.conformance.case_list import all_cases

    named, cases, patterns = chosen(backends or ()), all_cases(), ",".join(only or "*")
    suite.select(cases, patterns)  # an invalid pattern is found before anything is built
    console = console_beside(as_json)
    with machine_lock(console, [DEVICE]) as status:
        with status.each(LOOKING) as say:
            found = provision.ensure(list(dict.fromkeys([suite.REFERENCE, *named])), DEVICE, say)
        result = suite.conduct(found, named, cases, patterns, terminal.Bars(status))
    table = table_of(result)
    if as_json:
        give(json_document.document(result))
    else:
        terminal.show(console, table)
    if result.whole and set(named) == set(chosen([])):  # a part has no report, so that the whole one's is not lost
        say_written(console, write(table, reports))
    return exit_code(result, table)


def exit_code(result: suite.SuiteResult, table: Table) -> int:
    """The code for a suite that was carried through.

    Raises:
        ProvisioningError: all cases pass, but a backend is unavailable.
    """
    if table.failures:
        return NOT_OK
    missing = [column.backend for column in result.columns if column.absence]
    if missing:
        raise ProvisioningError(f"No environment for {', '.join(missing)}; the reasons are above.")
    return OK
