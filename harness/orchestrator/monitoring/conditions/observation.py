"""A look at the machine before a run, and what the kernel counted while it was in progress."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from harness.orchestrator.monitoring.conditions import kernel
from harness.orchestrator.monitoring.conditions.counters import Counters, differences, read, work_s
from harness.orchestrator.monitoring.conditions.frequency import clock
from harness.orchestrator.monitoring.cpu_affinity import kept_off

# Seconds of the look before a run: 25 of the kernel's ticks, and little beside a framework's import.
# Record key `conditions`: {"before": BEFORE, "during": DURING}. What cannot be read is absent, never zero. Measured
# CPUs are those that the worker is bound to; what the orchestrator itself took of them does not count.
BEFORE = {
    "look_s": "how long it was looked at what the measured CPUs do",
    "busy_cpus": "how many of the measured CPUs were busy meanwhile, e.g. 0.5: half of one",
    "busiest_cpu_share": "of that one of them which was busiest",
    "load_average": "over 1, 5 and 15 minutes, the run before included",
    "cpu_pressure_share": "of the last 10 s, in which something waited for a CPU (PSI), the run before included",
    "memory_available_bytes": "without swapping",
    "swap_used_bytes": "of all processes",
    "frequency_hz": "mean over the measured CPUs, idle as they are",
    "max_frequency_hz": "that the processor can run at, the lowest of the measured CPUs",
    "frequency_limit_hz": "that it is allowed to run at, the lowest of the measured CPUs",
    "frequency_driver": "of the kernel",
    "governor": "who chooses the frequency, all that the measured CPUs have",
    "turbo": "bool: whether the processor may run above its base frequency",
    "on_battery": "bool",
}
DURING = {
    "look_s": "from just before the worker started until it was reaped",
    "orchestrator_cpus": "that the orchestrator could use",
    "others_cpus": "how many of the measured CPUs worked for others than the worker, e.g. 0.5: half of one",
    "cpu_pressure_share": "of the time, in which something waited for a CPU (PSI), the worker's own threads included",
    "steal_share": "of the measured CPUs' work: time in which the hypervisor ran others instead",
    "swap_in_bytes": "of all processes",
    "swap_out_bytes": "of all processes",
    "thermal_throttles": "times that heat slowed a measured CPU or its package down, where it was most often",
    "thermal_throttled_s": "how long, where it was longest",
    "cgroup_throttled_s": "how long a CPU quota stopped the processes of our control group or one around it",
    "involuntary_switches": "times that a thread of the worker was preempted",
}

LOOK_S = 0.25
# Where the first look finds something it may have been one tick of a timer: a second look, longer, says what lasts.
LONG_LOOK_S = 1.0
SUSPICIOUS_SHARE = 0.05


class Observation:
    """What is seen of one run; `before` is whole when it is made."""

    def __init__(self, cpus: list[int]) -> None:
        self.cpus = cpus
        self.before = before(cpus)
        self.own_cpus: list[int] = []
        self.begin: Counters | None = None
        self.end: Counters | None = None

    def as_json(self, worker_cpu_s: float | None, involuntary_switches: int | None) -> dict:
        """The record's `conditions`, with what the kernel told of the worker when it was reaped."""
        during = {
            "look_s": self.end.t_s - self.begin.t_s,
            "orchestrator_cpus": self.own_cpus,
            "others_cpus": self.others_cpus(worker_cpu_s),
            "involuntary_switches": involuntary_switches,
            **differences(self.begin, self.end),
        }
        return {"before": self.before, "during": {key: value for key, value in during.items() if value is not None}}

    def others_cpus(self, worker_cpu_s: float | None) -> float | None:
        """How many measured CPUs worked for neither the worker nor the orchestrator."""
        worked_s = work_s(self.begin, self.end)
        if worker_cpu_s is None or not worked_s:
            return None
        own_s = self.end.own_cpu_s - self.begin.own_cpu_s if set(self.own_cpus) & set(self.cpus) else 0.0
        return max(0.0, sum(worked_s.values()) - worker_cpu_s - own_s) / (self.end.t_s - self.begin.t_s)


@contextlib.contextmanager
def observed(cpus: list[int]) -> Iterator[Observation]:
    """Look at the machine, then keep the orchestrator off the measured CPUs and count what happens."""
    observation = Observation(cpus)
    with kept_off(cpus) as observation.own_cpus:
        observation.begin = read(cpus)
        try:
            yield observation
        finally:
            observation.end = read(cpus)


def before(cpus: list[int]) -> dict:
    """What the machine is like now; takes LOOK_S, and LONG_LOOK_S more if it is busy."""
    pressure, load = kernel.cpu_pressure(), kernel.load_average()
    found = look(cpus, LOOK_S)
    if found.get("busiest_cpu_share", 0) > SUSPICIOUS_SHARE:
        found = look(cpus, LONG_LOOK_S)
    told = {
        "load_average": load,
        "cpu_pressure_share": None if pressure is None else pressure[0],
        "on_battery": kernel.on_battery(),
    }
    found |= {key: value for key, value in told.items() if value is not None}
    return {**found, **kernel.memory(), **clock(cpus)}


def look(cpus: list[int], seconds: float) -> dict:
    """How busy some CPUs are while the orchestrator sleeps."""
    begin = read(cpus)
    time.sleep(seconds)
    end = read(cpus)
    passed_s, worked_s = end.t_s - begin.t_s, work_s(begin, end)
    found = {"look_s": passed_s}
    if worked_s:
        shares = [seconds / passed_s for seconds in worked_s.values()]
        found |= {"busy_cpus": sum(shares), "busiest_cpu_share": max(shares)}
    return found
