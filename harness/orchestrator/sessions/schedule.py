"""The cases of a session and the order in which their runs are made."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from itertools import product

from harness.orchestrator.core.cases import FIRST, Case, Run
from harness.orchestrator.core.config import DEVICES, Config
from harness.orchestrator.core.declared_workloads import DeclaredWorkload
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.core.names import check_names, unknown_name
from harness.orchestrator.monitoring import machine
from harness.orchestrator.sessions.sides import Side, unchanged


def check_known(config: Config, backends: list[str], workloads: dict[str, DeclaredWorkload]) -> None:
    """Raises ConfigError for a backend, workload, edition or device that does not exist."""
    check_names("backend", config.backends, backends)
    check_names("workload", config.workloads, workloads)
    check_names("workload", config.workload_settings, workloads)
    for workload in config.workloads:
        check_names(f"edition of {workload}", [config.edition], workloads[workload].editions)
    for device in config.devices:
        if not re.fullmatch(r"cpu|gpu(:\d+)?", device):
            raise unknown_name("device", device, DEVICES)
    for key in ("backends", "workloads", "devices", "profiles", "threads", "batch_size"):
        check_distinct(key, list(map(str, getattr(config, key) or [])))


def check_distinct(key: str, names: list[str]) -> None:
    """Raises ConfigError for a name or number that is given twice."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(f"{key} names {twice} twice. Expected each one once. Received {key}={','.join(names)}.")


def most_threads(config: Config) -> int:
    """The largest number of threads of a configuration's cases.

    Raises:
        ConfigError: one is more than the machine has.
    """
    return max(machine.choose_threads(number) for number in config.threads or [None])


def expand(config: Config, threads: int) -> list[Case]:
    """All cases of a configuration, in the order in which a table shows them; `threads` where it names no number."""
    return [
        Case(backend, workload, config.edition, device, number, profile, config.floatx, batch)
        for device, number, profile, batch, workload, backend in product(
            config.devices,
            config.threads or [threads],
            config.profiles,
            config.batch_size or [None],
            config.workloads,
            config.backends,
        )
    ]


def compared_cases(cases: list[Case], sides: Sequence[Side]) -> list[Case]:
    """The cases that sides change, once each: without those that differ only in what the sides change."""
    first = {unchanged(case, sides): case for case in reversed(cases)}
    return [case for case in cases if first[unchanged(case, sides)] is case]


def schedule(
    cases: list[Case], rounds: int, seed: int, sides: Sequence[Side] = (), first: int = 1, stage: str = FIRST
) -> list[Run]:
    """One run of each case on each side a round; rounds count from `first`.

    The order of the tasks is drawn anew for each round from the seed, and for each task that of its cases, for each
    case that of its sides; cases of a task follow one another at once, and so do sides of a case.
    """
    shuffler = random.Random(seed)
    runs = []
    for number in range(first, first + rounds):
        for case in shuffled(cases, shuffler):
            runs += block(case, number, sides, stage, shuffler)
    return runs


def shuffled(cases: list[Case], shuffler: random.Random) -> list[Case]:
    """The cases in random order, those of a task together."""
    tasks: dict[Case, list[Case]] = {}
    for case in cases:
        tasks.setdefault(case.task, []).append(case)
    groups = list(tasks.values())
    shuffler.shuffle(groups)
    return [case for group in groups for case in shuffler.sample(group, len(group))]


def block(case: Case, number: int, sides: Sequence[Side], stage: str, shuffler: random.Random) -> list[Run]:
    """A round's runs of a case."""
    runs = [Run(side.changed(case), number, side.label, stage) for side in sides] or [Run(case, number, None, stage)]
    if len(runs) > 1:
        shuffler.shuffle(runs)
    return runs
