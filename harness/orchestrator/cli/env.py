"""`harness env`: lists, builds and removes the environments of the backends."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import click
from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape
from rich.table import Table

from harness.orchestrator.core.errors import ProvisioningError
from harness.orchestrator.core.names import check_names
from harness.orchestrator.core.status import Status
from harness.orchestrator.core.working_line import working
from harness.orchestrator.environments import provision
from harness.orchestrator.environments.description import specification
from harness.orchestrator.environments.description.environment import Environment, Unavailable
from harness.orchestrator.environments.description.location import size_bytes
from harness.orchestrator.environments.description.specification import kind_of
from harness.orchestrator.environments.status import Assessment, Variant, assess, variants_of

device_option = click.option("--device", default="cpu", show_default=True, help="cpu, gpu or gpu:N.")
LOOKING = "looking for the backends' environments"
backends_argument = click.argument("backends", nargs=-1, metavar="[BACKENDS]...")


def chosen(backends: Sequence[str]) -> list[str]:
    """The named backends, also from lists with commas; all if none is named.

    Raises: ConfigError for an unknown one.
    """
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
def list_command(backends: tuple[str, ...], device: str) -> None:
    """Show each backend's interpreter, state, size and folder, and its variants with other versions."""
    names = chosen(backends)
    kind_of(device)
    working("looking at the environments")
    table = Table("backend", "python", "state", "size")
    table.add_column("path", overflow="fold")
    with ThreadPoolExecutor() as pool:
        for assessment in pool.map(lambda name: assess(name, device), names):
            table.add_row(*(escape(cell) for cell in _row(assessment)))
            for variant in variants_of(assessment.backend, device):
                table.add_row(*(escape(cell) for cell in _variant_row(variant)))
    Console().print(table)


def _row(assessment: Assessment) -> list[str]:
    version = assessment.interpreter.version if assessment.interpreter else "-"
    freeable = [decimal(sum(map(size_bytes, assessment.folders)))] if assessment.folders else ["-"]
    if assessment.environment is not None:
        where = str(assessment.environment.path)
    else:
        where = "; ".join(part for part in (assessment.reason, assessment.remedy) if part)
    return [assessment.backend, version, assessment.state, *freeable, where]


def _variant_row(variant: Variant) -> list[str]:
    name = ", ".join(variant.requirements) or "not finished"
    return [f"  {name}", variant.python or "-", "variant", decimal(size_bytes(variant.path)), str(variant.path)]


@env_group.command("build")
@backends_argument
@device_option
def build_command(backends: tuple[str, ...], device: str) -> None:
    """Build what is missing; what is ready is left as it is."""
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
    freed_bytes = provision.remove(chosen(backends), device)
    click.echo(f"Freed {freed_bytes} bytes ({decimal(freed_bytes)}); uv's package cache keeps its own copies.")
