"""The cases of a session and the order in which their runs are made."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from harness.orchestrator.core.cases import FIRST, Case, Run
from harness.orchestrator.core.config import DEVICES, Config
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.core.names import check_names, unknown_name
from harness.orchestrator.core.paths import WORKLOADS
from harness.orchestrator.sessions.sides import Side


def known_workloads(folder: Path = WORKLOADS) -> dict[str, list[str]]:
    """Editions of each module in harness/workloads that assigns WORKLOAD; the modules are read, not imported.

    Their keyword `editions` must therefore be a dictionary with literal keys.
    """
    declared = {path.stem: declaration(path) for path in sorted(folder.glob("*.py"))}
    return {name: editions(node) for name, node in declared.items() if node is not None}


def declaration(path: Path) -> ast.expr | None:
    """What a module assigns to WORKLOAD at its top level, None if nothing."""
    for statement in ast.parse(path.read_text(encoding="utf-8"), filename=str(path)).body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == "WORKLOAD" for target in targets):
            return statement.value
    return None


def editions(node: ast.expr) -> list[str]:
    """The literal keys of the keyword `editions` in a call."""
    keywords = node.keywords if isinstance(node, ast.Call) else []
    tables = [keyword.value for keyword in keywords if keyword.arg == "editions"]
    keys = [key for table in tables if isinstance(table, ast.Dict) for key in table.keys]
    return [key.value for key in keys if isinstance(key, ast.Constant)]


def check_known(config: Config, backends: list[str], workloads: dict[str, list[str]]) -> None:
    """Raises ConfigError for a backend, workload, edition or device that does not exist."""
    check_names("backend", config.backends, backends)
    check_names("workload", config.workloads, workloads)
    check_names("workload", config.workload_settings, workloads)
    for workload in config.workloads:
        check_names(f"edition of {workload}", [config.edition], workloads[workload])
    for device in config.devices:
        if not re.fullmatch(r"cpu|gpu(:\d+)?", device):
            raise unknown_name("device", device, DEVICES)
    for key in ("backends", "workloads", "devices", "profiles"):
        check_distinct(key, getattr(config, key))


def check_distinct(key: str, names: list[str]) -> None:
    """Raises ConfigError for a name that is given twice."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(f"{key} names {twice} twice. Expected each name once. Received {key}={','.join(names)}.")


def expand(config: Config, threads: int) -> list[Case]:
    """All cases of a configuration, in the order in which a table shows them."""
    return [
        Case(backend, workload, config.edition, device, threads, profile, config.floatx)
        for device, profile, workload, backend in product(
            config.devices, config.profiles, config.workloads, config.backends
        )
    ]


def schedule(
    cases: list[Case], rounds: int, seed: int, sides: Sequence[Side] = (), first: int = 1, stage: str = FIRST
) -> list[Run]:
    """One run of each case on each side a round; rounds count from `first`.

    The order of the cases is drawn anew for each round from the seed, and for each case that of its sides, which follow
    one another at once.
    """
    shuffler = random.Random(seed)
    runs = []
    for number in range(first, first + rounds):
        order = list(cases)
        shuffler.shuffle(order)
        runs += [run for case in order for run in block(case, number, sides, stage, shuffler)]
    return runs


def block(case: Case, number: int, sides: Sequence[Side], stage: str, shuffler: random.Random) -> list[Run]:
    """A round's runs of a case."""
    runs = [Run(side.changed(case), number, side.label, stage) for side in sides] or [Run(case, number, None, stage)]
    if len(runs) > 1:
        shuffler.shuffle(runs)
    return runs
