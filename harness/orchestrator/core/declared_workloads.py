"""The workloads, as far as the outside must know them: read from their modules, which are not imported."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from harness.orchestrator.core.paths import WORKLOADS


@dataclass(frozen=True)
class DeclaredWorkload:
    """What a module in harness/workloads says with literals in its WORKLOAD: its data's kind and its editions."""

    data_kind: str | None
    editions: list[str]


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
    keys = editions.keys if isinstance(editions, ast.Dict) else []
    return DeclaredWorkload(
        kind.value if isinstance(kind, ast.Constant) else None,
        [key.value for key in keys if isinstance(key, ast.Constant)],
    )
