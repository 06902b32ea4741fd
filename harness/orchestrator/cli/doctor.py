"""`harness doctor`: what is found, what is missing, and the command that fixes it."""

from __future__ import annotations

import click

from harness.orchestrator.cli.answer import console_beside, give
from harness.orchestrator.cli.env import backends_argument, chosen, device_option
from harness.orchestrator.cli.options import json_option
from harness.orchestrator.core.working_line import working


@click.command("doctor")
@backends_argument
@device_option
@json_option
@click.pass_context
def doctor_command(context: click.Context, backends: tuple[str, ...], device: str, as_json: bool) -> None:
    """Examine each backend and import its framework; exit code 1 if something is missing."""
    from harness.orchestrator.environments.doctor import examine_all
    from harness.orchestrator.reports.documents import environments as json_document
    from harness.orchestrator.reports.environments.terminal import show_checks

    console = console_beside(as_json)
    working("importing each backend's library")
    checks = examine_all(chosen(backends), device)
    if as_json:
        give(json_document.checks(checks))
    else:
        show_checks(console, checks)
    problems = [check for check in checks if check.problem is not None]
    for check in problems:
        advice = f"\n    {check.remedy}" if check.remedy else ""
        console.print(f"{check.backend}: {check.problem}{advice}", markup=False, highlight=False, soft_wrap=True)
    if problems:
        context.exit(1)
    console.print(f"{len(checks)} of {len(checks)} backends work.", highlight=False)
