"""Which files are inside the wall, and which framework each may import."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("backends", "workloads", "worker")
FRAMEWORKS = {"tensorflow": "tensorflow", "theano": "theano", "cntk": "cntk"}


def inside_files() -> list[Path]:
    """Every Python file that runs in a backend's interpreter."""
    found = [path for folder in FOLDERS for path in (ROOT / "harness" / folder).rglob("*.py")]
    return sorted([*found, *(ROOT / "harness" / name for name in ("__init__.py", "backend.py", "keras1.py"))])


def outside_files() -> list[Path]:
    """Every Python file of the orchestrator."""
    return sorted((ROOT / "harness" / "orchestrator").rglob("*.py"))


def name_of(path: Path) -> str:
    """The dotted module name of a file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def framework_of(path: Path) -> str | None:
    """The framework that a file may import: that of the backend whose name it carries, in its own name or folder's."""
    below = path.relative_to(ROOT / "harness").with_suffix("").parts[1:]
    return next((FRAMEWORKS[b] for b in FRAMEWORKS for part in below if part.split("_")[0] == b), None)


def imported(path: Path) -> set[str]:
    """Dotted names of everything a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names
