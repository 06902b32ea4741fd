"""`harness env`: lists, builds and removes the environments of the backends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from harness.orchestrator.cli.answer import give
from harness.orchestrator.cli.options import json_option
from harness.orchestrator.core.errors import ProvisioningError
from harness.orchestrator.core.names import check_names
from harness.orchestrator.core.working_line import working

if TYPE_CHECKING:
    from harness.orchestrator.environments.description.environment import Environment, Unavailable

device_option = click.option("--device", default="cpu", show_default=True, help="cpu, gpu or gpu:N.")
LOOKING = "looking for the backends' environments"
backends_argument = click.argument("backends", nargs=-1, metavar="[BACKENDS]...")


def chosen(backends: Sequence[str]) -> list[str]:
    """The named backends, also from lists with commas; all if none is named.

    Raises: ConfigError for an unknown one.
    """
    from harness.orchestrator.environments.description import specification

    known = specification.known_backends()
    named = [name for part in backends for name in part.split(",") if name]
    check_names("backend", named, known)
    return list(dict.fromkeys(named)) or known


@click.group("env")
def env_group() -> None:
    """List, build and remove the environments of the backends."""


@env_group.command("list")
@backends_argument
@device_option
@json_option
def list_command(backends: tuple[str, ...], device: str, as_json: bool) -> None:
    """Show each backend's interpreter, state, size and folder, and its variants with other versions."""
    from rich.console import Console

    from harness.orchestrator.environments.status import states_of
    from harness.orchestrator.reports.documents import environments as json_document
    from harness.orchestrator.reports.environments.terminal import show_states

    names = chosen(backends)
    working("looking at the environments")
    found = states_of(names, device)
    if as_json:
        give(json_document.environments(found))
    else:
        show_states(Console(), found)


@env_group.command("build")
@backends_argument
@device_option
def build_command(backends: tuple[str, ...], device: str) -> None:
    """Build what is missing; what is ready is left as it is."""
    from rich.console import Console

    from harness.orchestrator.core.status import Status
    from harness.orchestrator.environments import provision
    from harness.orchestrator.environments.description.environment import Unavailable

    console = Console()
    names = chosen(backends)
    with Status(console) as status, status.each(LOOKING) as say:
        results = provision.ensure(names, device, say)
    for result in results.values():
        console.print(_outcome(result), markup=False, highlight=False, soft_wrap=True)
    missing = [result.backend for result in results.values() if isinstance(result, Unavailable)]
    if missing:
        raise ProvisioningError(f"No environment for {', '.join(missing)}; the reasons are above.")


def _outcome(result: Environment | Unavailable) -> str:
    from harness.orchestrator.environments.description.environment import Environment

    if isinstance(result, Environment):
        versions = ", ".join(f"{name} {version}" for name, version in result.versions.items())
        return f"{result.backend}: ready ({versions}) in {result.path}"
    advice = f"\n    {result.remedy}" if result.remedy else ""
    return f"{result.backend}: {result.reason}{advice}"


@env_group.command("remove")
@backends_argument
@device_option
def remove_command(backends: tuple[str, ...], device: str) -> None:
    """Remove environments, outdated ones and variants too, without asking."""
    from rich.filesize import decimal

    from harness.orchestrator.environments import provision

    freed_bytes = provision.remove(chosen(backends), device)
    click.echo(f"Freed {freed_bytes} bytes ({decimal(freed_bytes)}); uv's package cache keeps its own copies.")
