"""How long a CPU quota stopped the processes of our control group, or of one around it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.orchestrator.monitoring.conditions import kernel

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
