"""`harness shell`: an interactive Python in a backend's environment."""

from __future__ import annotations

import click

from harness.orchestrator.cli.exec import options, start


@click.command("shell")
@click.argument("backend")
@options
def shell_command(backend: str, **settings: object) -> None:
    """Start Python in the environment of BACKEND, with its engine behind K."""
    from harness.orchestrator.environments.user_scripts import SHELL

    start(backend, SHELL, **settings)
