"""`harness doctor`: what is found, what is missing, and the command that fixes it."""

from __future__ import annotations

import click

from harness.orchestrator.cli.env import backends_argument, chosen, device_option


@click.command("doctor")
@backends_argument
@device_option
@click.pass_context
def doctor_command(context: click.Context, backends: tuple[str, ...], device: str) -> None:
    """Examine each backend and import its framework; exit code 1 if something is missing."""
    from rich.console import Console

    from harness.orchestrator.environments.doctor import examine_all
    from harness.orchestrator.reports.environments.terminal import show_checks

    console = Console()
    checks = examine_all(chosen(backends), device)
    show_checks(console, checks)
    problems = [check for check in checks if check.problem is not None]
    for check in problems:
        advice = f"\n    {check.remedy}" if check.remedy else ""
        console.print(f"{check.backend}: {check.problem}{advice}", markup=False, highlight=False, soft_wrap=True)
    if problems:
        context.exit(1)
    console.print(f"{len(checks)} of {len(checks)} backends work.", highlight=False)
