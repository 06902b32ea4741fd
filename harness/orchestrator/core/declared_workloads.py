"""The workloads, as far as the outside must know them: read from their modules, which are not imported."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from harness.orchestrator.core.paths import WORKLOADS


@dataclass(frozen=True)
class DeclaredWorkload:
    """What a module in harness/workloads says with literals in its WORKLOAD.

    data_kind: of its data
    editions: their names
    batch_sizes: that of each edition
    """

    data_kind: str | None
    editions: list[str]
    batch_sizes: dict[str, int] = field(default_factory=dict)


def declared_workloads(folder: Path = WORKLOADS) -> dict[str, DeclaredWorkload]:
    """Every module that assigns WORKLOAD, by its name."""
    calls = {path.stem: declaration(path) for path in sorted(folder.glob("*.py"))}
    return {name: declared(call) for name, call in calls.items() if call is not None}


def declaration(path: Path) -> ast.Call | None:
    """The call that a module assigns to WORKLOAD at its top level, None if there is none."""
    for statement in ast.parse(path.read_text(encoding="utf-8"), filename=str(path)).body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        named = any(isinstance(target, ast.Name) and target.id == "WORKLOAD" for target in targets)
        if named and isinstance(statement.value, ast.Call):
            return statement.value
    return None


def declared(call: ast.Call) -> DeclaredWorkload:
    """The literal keywords of a declaration."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    kind, editions = keywords.get("data_kind"), keywords.get("editions")
    pairs = zip(editions.keys, editions.values, strict=True) if isinstance(editions, ast.Dict) else ()
    sizes = {key.value: batch_size(value) for key, value in pairs if isinstance(key, ast.Constant)}
    return DeclaredWorkload(
        kind.value if isinstance(kind, ast.Constant) else None,
        list(sizes),
        {name: size for name, size in sizes.items() if size is not None},
    )


def batch_size(edition: ast.expr) -> int | None:
    """The literal `batch_size` of an edition's declaration, None without one."""
    keywords = edition.keywords if isinstance(edition, ast.Call) else []
    found = next((keyword.value for keyword in keywords if keyword.arg == "batch_size"), None)
    return found.value if isinstance(found, ast.Constant) else None


@cache
def declared_batch_size(workload: str, edition: str) -> int | None:
    """The batch size of a workload's edition, None where it is not declared."""
    known = declared_workloads().get(workload)
    return known.batch_sizes.get(edition) if known else None
