"""`harness doctor`: what is found, what is missing, and the command that fixes it."""

from __future__ import annotations

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.orchestrator.cli.env import backends_argument, chosen, device_option
from harness.orchestrator.environments.doctor import Finding, examine_all

MISSING = "-"


@click.command("doctor")
@backends_argument
@device_option
@click.pass_context
def doctor_command(context: click.Context, backends: tuple[str, ...], device: str) -> None:
    """Examine each backend and import its framework; exit code 1 if something is missing."""
    console = Console()
    findings = examine_all(chosen(backends), device)
    console.print(_table(findings))
    problems = [finding for finding in findings if finding.problem is not None]
    for finding in problems:
        advice = f"\n    {finding.remedy}" if finding.remedy else ""
        console.print(f"{finding.backend}: {finding.problem}{advice}", markup=False, highlight=False, soft_wrap=True)
    if problems:
        context.exit(1)
    console.print(f"{len(findings)} of {len(findings)} backends work.", highlight=False)


def _table(findings: list[Finding]) -> Table:
    """A section per backend, a row per thing looked at; long cells are folded, never cut."""
    table = Table("backend", "looked at")
    table.add_column("found", overflow="fold")
    for finding in findings:
        for number, (what, found) in enumerate(_rows(finding)):
            name = "" if number else f"{finding.backend} ({finding.device})"
            table.add_row(name, what, escape(found or MISSING))
        table.add_section()
    return table


def _rows(finding: Finding) -> list[tuple[str, str | None]]:
    imported = ", ".join(f"{name} {version}" for name, version in finding.imported.items())
    return [
        ("interpreter", finding.interpreter),
        ("environment", finding.environment),
        *finding.native.items(),
        *finding.compilers.items(),
        ("import", imported),
        *finding.facts.items(),
    ]
