"""What the machine was like just before a run, and what disturbed it meanwhile.

Record key `conditions`: {"before": BEFORE, "during": DURING}. What cannot be read is absent, never zero. Measured CPUs
are those that the worker is bound to; what the orchestrator itself took of them does not count.
"""

from __future__ import annotations

from harness.orchestrator.conditions.observation import Observation, observed

__all__ = ["BEFORE", "DURING", "Observation", "observed"]

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
    "involuntary_switches": "times that a thread of the worker was put aside although it could go on",
}
