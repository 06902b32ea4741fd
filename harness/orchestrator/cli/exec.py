"""`harness exec`: Python in a backend's environment, for people's own scripts."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from harness.orchestrator.cli.env import device_option
from harness.orchestrator.core.cases import PROFILES
from harness.orchestrator.core.errors import ProvisioningError

if TYPE_CHECKING:
    from harness.orchestrator.environments.description.environment import Environment

threads_option = click.option(
    "--threads",
    type=click.IntRange(min=1),
    envvar="OMP_NUM_THREADS",
    show_envvar=True,
    help="Threads the library may use; default: every physical core.",
)
profile_option = click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="tuned",
    show_default=True,
    help="stock: as installed; tuned: with what makes it faster.",
)
OWN_OPTIONS = ("--device", "--threads", "--profile")


def options(command: Callable) -> Callable:
    """The options that all commands have which start Python."""
    return device_option(threads_option(profile_option(command)))


@click.command("exec", context_settings={"allow_interspersed_args": False})
@click.argument("backend")
@click.argument(
    "arguments", nargs=-1, required=True, type=click.UNPROCESSED, metavar="SCRIPT|-c CODE|-m MODULE [ARGS]..."
)
@options
def exec_command(backend: str, arguments: tuple[str, ...], **settings: object) -> None:
    """Run your own Python code in the environment of BACKEND, with its engine behind `from harness import backend`.

    What follows BACKEND is what follows `python`. The exit code is that of your code.
    """
    misplaced = arguments[0].split("=")[0]
    if misplaced in OWN_OPTIONS:
        raise click.UsageError(
            f"{misplaced} stands after the backend, where all is Python's. Expected it before. "
            f"Received {backend} {arguments[0]}. Write: harness exec {misplaced} ... {backend} ..."
        )
    start(backend, arguments, **settings)


def start(backend: str, arguments: tuple[str, ...], device: str, threads: int | None, profile: str) -> None:
    """End as Python with `arguments` in the backend's environment, which is built first if need be.

    Raises:
        ConfigError: the backend, the device or the number of threads is invalid.
        ProvisioningError: the environment is unavailable.
    """
    from harness.orchestrator.environments.user_scripts import become_python, variables
    from harness.orchestrator.monitoring import machine

    count = machine.choose_threads(threads)
    environment = ready(backend, device)
    become_python(environment, arguments, variables(environment, device, count, profile, os.environ))


def ready(backend: str, device: str) -> Environment:
    """The backend's environment; what happens meanwhile goes to stderr, since stdout is the script's."""
    from rich.console import Console

    from harness.orchestrator.core.status import Status
    from harness.orchestrator.environments import provision
    from harness.orchestrator.environments.description.environment import Unavailable

    with Status(Console(stderr=True)) as status, status.each(f"looking for the environment of {backend}") as say:
        found = provision.ensure([backend], device, say)[backend]
    if isinstance(found, Unavailable):
        advice = f" Get it with: {found.remedy}" if found.remedy else ""
        raise ProvisioningError(f"No environment for {backend}: {found.reason}.{advice}")
    return found
