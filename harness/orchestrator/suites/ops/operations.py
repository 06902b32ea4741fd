"""The operations that there are, tests of benchmarks/ops/test_ops.py (read, not imported), and a plan to time some."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from harness.orchestrator.core.names import matching
from harness.orchestrator.core.paths import OPS

PREFIX = "test_"


@dataclass(frozen=True)
class Plan:
    """What is measured, and how; `rounds` and `max_time_s` as pytest-benchmark has them."""

    backends: list[str]
    operations: list[str]
    device: str
    threads: int
    profile: str
    seed: int
    rounds: int
    max_time_s: float


def known() -> list[str]:
    """Names of all operations, in the order of the file."""
    tree = ast.parse((OPS / "test_ops.py").read_text(encoding="utf-8"))
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [name.removeprefix(PREFIX) for name in functions if name.startswith(PREFIX)]


def select(pattern: str) -> list[str]:
    """The operations whose names match, see `matching`."""
    return matching("operation", pattern, known())
