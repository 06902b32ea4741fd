"""How fast the processor may run: frequencies, who chooses them, and whether heat slowed it down."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import mean

from harness.orchestrator.monitoring.conditions import kernel

# Of each CPU: counters of times and of milliseconds, for its core and for the package that the core is in.
THROTTLES = ("core_throttle_count", "package_throttle_count")
THROTTLED_MS = ("core_throttle_total_time_ms", "package_throttle_total_time_ms")


def clock(cpus: Iterable[int]) -> dict:
    """What there is of BEFORE's frequencies."""
    folders = [folder_of(cpu) / "cpufreq" for cpu in cpus]
    found = {
        "frequency_hz": hertz(folders, "scaling_cur_freq", mean),
        "max_frequency_hz": hertz(folders, "cpuinfo_max_freq", min),
        "frequency_limit_hz": hertz(folders, "scaling_max_freq", min),
        "frequency_driver": words(folders, "scaling_driver"),
        "governor": words(folders, "scaling_governor"),
        "turbo": turbo(),
    }
    return {name: value for name, value in found.items() if value is not None}


def folder_of(cpu: int) -> Path:
    """Where the kernel tells of a CPU."""
    return kernel.SYS / "devices" / "system" / "cpu" / f"cpu{cpu}"


def hertz(folders: list[Path], name: str, of: Callable[[list[int]], float]) -> int | None:
    """One number of what a file, in kHz, says of each CPU."""
    found = [value for folder in folders if (value := kernel.number(folder / name)) is not None]
    return round(of(found) * 1000) if found else None


def words(folders: list[Path], name: str) -> str | None:
    """All that a file says of the CPUs."""
    return ", ".join(sorted({word for folder in folders if (word := kernel.text(folder / name))})) or None


def turbo() -> bool | None:
    """Whether the processor may run above its base frequency."""
    folder = kernel.SYS / "devices" / "system" / "cpu"
    off, on = kernel.number(folder / "intel_pstate" / "no_turbo"), kernel.number(folder / "cpufreq" / "boost")
    if off is not None:
        return not off
    return None if on is None else bool(on)


def throttles(cpus: Iterable[int]) -> dict[str, dict[str, float]]:
    """How often and for how many seconds, since the start, each CPU and its package were slowed down by heat."""
    return {
        "thermal_throttles": {key: float(value) for key, value in counted(cpus, THROTTLES)},
        "thermal_throttled_s": {key: value / 1000 for key, value in counted(cpus, THROTTLED_MS)},
    }


def counted(cpus: Iterable[int], names: Iterable[str]) -> list[tuple[str, int]]:
    """The counters of these names that the CPUs have."""
    paths = [folder_of(cpu) / "thermal_throttle" / name for cpu in cpus for name in names]
    return [(str(path), value) for path in paths if (value := kernel.number(path)) is not None]
