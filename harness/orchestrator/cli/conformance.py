"""`harness conformance`: what each backend computes correctly, function by function."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from harness.orchestrator.cli.env import LOOKING, chosen
from harness.orchestrator.cli.measuring import machine_lock
from harness.orchestrator.core.errors import ProvisioningError
from harness.orchestrator.core.paths import REPORTS
from harness.orchestrator.environments import provision
from harness.orchestrator.reports.exporters import write
from harness.orchestrator.suites.conformance import suite, terminal
from harness.orchestrator.suites.conformance.table import Table, table_of
from harness.worker.conformance.case_list import all_cases

OK, NOT_OK = 0, 1
DEVICE = "cpu"


@click.command("conformance")
@click.option("--backend", "named", default="", metavar="NAME,...", help="Only these backends.")
@click.option("--only", default="*", metavar="PATTERN", help="Only cases whose names match: dropout, 'images-*'.")
@click.option("--reports", type=click.Path(path_type=Path), default=REPORTS, help="Folder of the report.")
def conformance_command(named: str, only: str, reports: Path) -> int:
    """Run the conformance suite and print which functions of K each backend computes correctly."""
    backends, cases = chosen([named]), all_cases()
    suite.select(cases, only)  # an invalid pattern is found before anything is built
    console = Console()
    with machine_lock(console, [DEVICE]) as status:
        with status.each(LOOKING) as say:
            found = provision.ensure(list(dict.fromkeys([suite.REFERENCE, *backends])), DEVICE, say)
        result = suite.conduct(found, backends, cases, only, terminal.Bars(status))
    table = table_of(result)
    terminal.show(console, table)
    if result.whole and set(backends) == set(chosen([])):  # a part has no report, so that the whole one's is not lost
        console.print(f"Written to {write(table, reports)}", highlight=False, soft_wrap=True)
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
