"""What the kernel counts while a run is in progress, read before and after."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.orchestrator.monitoring.conditions import kernel
from harness.orchestrator.monitoring.conditions.frequency import throttles


@dataclass(frozen=True)
class Counters:
    """Counts since the machine started, but `own_cpu_s`: CPU time of the orchestrator. Empty or None: not told."""

    t_s: float
    own_cpu_s: float
    cpus: Mapping[int, tuple[float, float]]  # seconds of work, and stolen
    pressure_s: float | None
    swapped: Mapping[str, int]
    throttled: Mapping[str, Mapping[str, float]]  # key of DURING -> counter -> its count


def read(cpus: list[int]) -> Counters:
    """The counters now, of some CPUs."""
    pressure = kernel.cpu_pressure()
    return Counters(
        t_s=time.monotonic(),
        own_cpu_s=time.process_time(),
        cpus=kernel.cpu_seconds(cpus),
        pressure_s=None if pressure is None else pressure[1],
        swapped=kernel.swapped(),
        throttled={**throttles(cpus), "cgroup_throttled_s": throttled()},
    )


def work_s(begin: Counters, end: Counters) -> dict[int, float]:
    """Seconds that each CPU worked in between."""
    return {cpu: end.cpus[cpu][0] - begin.cpus[cpu][0] for cpu in begin.cpus.keys() & end.cpus.keys()}


def steal_share(begin: Counters, end: Counters) -> float | None:
    """Of the time that the CPUs had work: the part in which the hypervisor ran others."""
    stolen = sum(end.cpus[cpu][1] - begin.cpus[cpu][1] for cpu in begin.cpus.keys() & end.cpus.keys())
    wanted = sum(work_s(begin, end).values()) + stolen
    return stolen / wanted if wanted else None


def differences(begin: Counters, end: Counters) -> dict[str, float]:
    """What of DURING follows from the counters alone."""
    found = {name: end.swapped[name] - count for name, count in begin.swapped.items() if name in end.swapped}
    for name, counts in begin.throttled.items():
        grown = [end.throttled[name][key] - count for key, count in counts.items() if key in end.throttled[name]]
        found |= {name: max(grown)} if grown else {}
    passed_s = end.t_s - begin.t_s
    if begin.pressure_s is not None and end.pressure_s is not None and passed_s:
        found["cpu_pressure_share"] = (end.pressure_s - begin.pressure_s) / passed_s
    share = steal_share(begin, end)
    return found if share is None else {**found, "steal_share": share}


# Counter in cpu.stat -> the seconds that it counts in: version 2 of control groups, and version 1.
UNITS_S = {"throttled_usec": 1e-6, "throttled_time": 1e-9}


def throttled() -> dict[str, float]:
    """Seconds since the start, of each group that has a counter."""
    found = {}
    for folder in groups():
        told = kernel.numbers(folder / "cpu.stat")
        found |= {str(folder): told[name] * unit_s for name, unit_s in UNITS_S.items() if name in told}
    return found


def groups() -> Iterator[Path]:
    """The folders of the groups that hold this process, innermost first, in the CPU's own tree and the common one."""
    for line in (kernel.text(kernel.PROC / "self" / "cgroup") or "").splitlines():
        _, controllers, path = line.split(":", 2)
        if "cpu" in controllers.split(",") or not controllers:
            root = kernel.SYS / "fs" / "cgroup" / ("cpu" if controllers else "")
            inner = root / path.lstrip("/")
            yield from (folder for folder in (inner, *inner.parents) if folder.is_relative_to(root))
