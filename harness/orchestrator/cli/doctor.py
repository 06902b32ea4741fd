"""`harness doctor`: what is found, what is missing, and the command that fixes it."""

from __future__ import annotations

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.orchestrator.cli.env import backends_argument, chosen, device_option
from harness.orchestrator.core.working_line import working
from harness.orchestrator.environments.doctor import Check, examine_all

MISSING = "-"


@click.command("doctor")
@backends_argument
@device_option
@click.pass_context
def doctor_command(context: click.Context, backends: tuple[str, ...], device: str) -> None:
    """Examine each backend and import its framework; exit code 1 if something is missing."""
    console = Console()
    working("importing each backend's library")
    checks = examine_all(chosen(backends), device)
    console.print(_table(checks))
    problems = [check for check in checks if check.problem is not None]
    for check in problems:
        advice = f"\n    {check.remedy}" if check.remedy else ""
        console.print(f"{check.backend}: {check.problem}{advice}", markup=False, highlight=False, soft_wrap=True)
    if problems:
        context.exit(1)
    console.print(f"{len(checks)} of {len(checks)} backends work.", highlight=False)


def _table(checks: list[Check]) -> Table:
    """A section per backend, a row per thing looked at; long cells are folded, never cut."""
    table = Table("backend", "looked at")
    table.add_column("found", overflow="fold")
    for check in checks:
        for number, (what, found) in enumerate(_rows(check)):
            name = "" if number else f"{check.backend} ({check.device})"
            table.add_row(name, what, escape(found or MISSING))
        table.add_section()
    return table


def _rows(check: Check) -> list[tuple[str, str | None]]:
    imported = ", ".join(f"{name} {version}" for name, version in check.imported.items())
    return [
        ("interpreter", check.interpreter),
        ("environment", check.environment),
        *check.native.items(),
        *check.compilers.items(),
        ("import", imported),
        *check.facts.items(),
    ]
