"""Where the orchestrator itself runs while a worker is measured: on no measured CPU, if another is free."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.orchestrator.monitoring.machine import available_cpus, core_of

TASKS = Path("/proc/self/task")


def spare_cpus(measured: Iterable[int]) -> list[int]:
    """Available CPUs on cores of which none is measured; else those that are not measured themselves; may be none."""
    free = sorted(set(available_cpus()) - set(measured))
    cores = {core_of(cpu) for cpu in measured}
    return [cpu for cpu in free if core_of(cpu) not in cores] or free


@contextlib.contextmanager
def kept_off(measured: Iterable[int]) -> Iterator[list[int]]:
    """Keep all threads of this process off some CPUs, where there are others; gives the CPUs that they may use."""
    spare = spare_cpus(measured)
    before = {task: os.sched_getaffinity(task) for task in tasks()}
    bind(dict.fromkeys(before, spare) if spare else {})
    try:
        yield sorted(os.sched_getaffinity(0))
    finally:
        # a thread that began meanwhile goes where the first one goes
        bind({task: before.get(task, before[os.getpid()]) for task in tasks()} if spare else {})


def tasks() -> list[int]:
    """The threads of this process; the first one's number is the process's."""
    return [int(path.name) for path in TASKS.iterdir()]


def bind(wanted: dict[int, Iterable[int]]) -> None:
    """Bind threads to CPUs; ignores threads that have ended and CPUs that are no longer available."""
    for task, cpus in wanted.items():
        with contextlib.suppress(OSError):
            os.sched_setaffinity(task, cpus)
