"""Who else used what the run was measured on: other processes, other machines, a quota, the disk."""

from __future__ import annotations

from harness.orchestrator.analysis.diagnostics.diagnostic import Rule, Sign, of_each, seen
from harness.orchestrator.core.formatting import percent, significant

# Measured CPUs that others may use: services wake up everywhere, and the kernel's ticks err by about a hundredth of
# what a worker takes. Quiet runs on 2 CPUs had up to 0.04, those beside one busy loop 0.86 to 1.01.
OTHERS_CPUS, OTHERS_CPUS_EACH = 0.1, 0.01
# As large as the differences that one measures for; most runs on a quiet virtual machine have none.
STEAL_SHARE = 0.02
# Less would not show in an epoch.
THROTTLED_SHARE = 0.01
# Of all processes together: a few pages move on any machine that has swapped once, and a disk reads this in 20 ms.
SWAPPED_BYTES = 8 << 20
# A second of the worker's CPU time. Each costs some microseconds, so that these are about 2 % of it. Quiet runs had 64
# to 1,008, and 257 to 1,267 beside one busy loop: this is not for competitors but for more threads than CPUs.
SWITCHES_PER_CPU_S = 4000


def allowed_cpus(record: dict) -> float:
    """Measured CPUs that others may use."""
    return OTHERS_CPUS + OTHERS_CPUS_EACH * measured_cpus(record)


def measured_cpus(record: dict) -> int:
    """How many CPUs the worker was bound to."""
    return len((record.get("environment") or {}).get("cpus") or [])


def busy_before(record: dict) -> Sign | None:
    busy = seen(record, "before").get("busy_cpus")
    if busy is None or busy <= allowed_cpus(record):
        return None
    return Sign(
        f"began while other processes used {significant(busy)} of {measured_cpus(record)} measured CPU(s). Expected "
        f"at most {significant(allowed_cpus(record))}. Stop them (top shows them) or wait for them, and run again.",
        busy,
    )


def competitors(record: dict) -> Sign | None:
    others = seen(record, "during").get("others_cpus")
    if others is None or others <= allowed_cpus(record):
        return None
    pressure = seen(record, "during").get("cpu_pressure_share")
    waited = "" if pressure is None else f"; something waited for a CPU {percent(pressure)} of the time"
    return Sign(
        f"shared {measured_cpus(record)} measured CPU(s): other processes used {significant(others)} of "
        f"them{waited}. Expected at most {significant(allowed_cpus(record))}: the times hold what others took. Stop "
        "them (top shows them), and run again.",
        others,
    )


def stolen(record: dict) -> Sign | None:
    share = seen(record, "during").get("steal_share")
    if share is None or share <= STEAL_SHARE:
        return None
    return Sign(
        f"lost {percent(share)} of the CPU time to other machines on the same host (steal). Expected at most "
        f"{percent(STEAL_SHARE)}. Use a machine whose CPUs are its own, or more rounds.",
        share,
    )


def quota(record: dict) -> Sign | None:
    during = seen(record, "during")
    throttled_s, look_s = during.get("cgroup_throttled_s"), during.get("look_s")
    if throttled_s is None or not look_s or throttled_s <= THROTTLED_SHARE * look_s:
        return None
    return Sign(
        f"stood still for {significant(throttled_s)} s of {significant(look_s)} s: the CPU quota of the control group "
        "was used up. Expected none. Give the container a CPU for each thread (cpu.max), or use fewer threads.",
        throttled_s / look_s,
    )


def swapping(record: dict) -> Sign | None:
    during = seen(record, "during")
    swapped = during.get("swap_in_bytes", 0) + during.get("swap_out_bytes", 0)
    if swapped <= SWAPPED_BYTES:
        return None
    return Sign(
        f"ran while {significant(swapped / 2**20)} MiB went to and from the swap. Expected at most "
        f"{SWAPPED_BYTES >> 20} MiB. Stop what needs the memory, or use less data.",
        swapped,
    )


def preempted(record: dict) -> Sign | None:
    switches = seen(record, "during").get("involuntary_switches")
    cpu_s = (record.get("metrics") or {}).get("cpu_time_s")
    if switches is None or not cpu_s or switches <= SWITCHES_PER_CPU_S * cpu_s:
        return None
    return Sign(
        f"had threads preempted {switches / cpu_s:,.0f} times a second of CPU time (involuntary switches). Expected "
        f"at most {SWITCHES_PER_CPU_S:,}. Use fewer threads than CPUs, or stop what else runs.",
        switches / cpu_s,
    )


RULES = (
    Rule("busy_before", of_each(busy_before), of_machine=True),
    Rule("competitors", of_each(competitors), of_machine=True),
    Rule("steal", of_each(stolen), of_machine=True),
    Rule("cpu_quota", of_each(quota), of_machine=True),
    Rule("swapping", of_each(swapping), of_machine=True),
    Rule("involuntary_switches", of_each(preempted)),
)
