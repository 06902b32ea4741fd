"""Environments on the terminal: those there are, and what was found in each."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape
from rich.table import Column

from harness.orchestrator.environments.description.location import size_bytes
from harness.orchestrator.environments.doctor import Check
from harness.orchestrator.environments.status import Assessment, Variant
from harness.orchestrator.reports.terminal import right, show_grid, show_pairs

MISSING = "-"


def show_states(console: Console, found: Iterable[tuple[Assessment, list[Variant]]]) -> None:
    """Print each backend's environment, its variants below it."""
    columns = [Column("backend"), Column("python"), Column("state"), right("size"), Column("path")]
    rows = [row for state, variants in found for row in (state_row(state), *map(variant_row, variants))]
    show_grid(console, columns, ([escape(cell) for cell in row] for row in rows))


def state_row(state: Assessment) -> list[str]:
    version = state.interpreter.version if state.interpreter else MISSING
    size = decimal(sum(map(size_bytes, state.folders))) if state.folders else MISSING
    if state.environment is not None:
        where = str(state.environment.path)
    else:
        where = "; ".join(part for part in (state.reason, state.remedy) if part)
    return [state.backend, version, state.state, size, where]


def variant_row(variant: Variant) -> list[str]:
    name = ", ".join(variant.requirements) or "not finished"
    return [f"  {name}", variant.python or MISSING, "variant", decimal(size_bytes(variant.path)), str(variant.path)]


def show_checks(console: Console, checks: Iterable[Check]) -> None:
    """Print what was looked at in each backend: on a terminal below its name, elsewhere with its name in each line."""
    named = {f"{check.backend} ({check.device})": pairs(check) for check in checks}
    if console.is_terminal:
        for name, found in named.items():
            show_pairs(console, name, found)
        return
    columns = [Column("backend"), Column("looked at"), Column("found")]
    show_grid(console, columns, ([escape(name), *pair] for name, found in named.items() for pair in found))


def pairs(check: Check) -> list[tuple[str, str]]:
    """What was looked at, and what was found, in markup."""
    imported = ", ".join(f"{name} {version}" for name, version in check.imported.items())
    looked = [
        ("interpreter", check.interpreter),
        ("environment", check.environment),
        *check.native.items(),
        *check.compilers.items(),
        ("import", imported),
        *check.facts.items(),
    ]
    return [(what, escape(found or MISSING)) for what, found in looked]
