"""What the kernel tells of the machine in its files: the seams, and how each file is read."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from harness.orchestrator.monitoring.telemetry.procfs import BUSY, STEAL

PROC = Path("/proc")
SYS = Path("/sys")


def text(path: Path) -> str | None:
    """The contents of a file without white space around, None if it cannot be read."""
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return None


def number(path: Path) -> int | None:
    """The number that a file holds, None if it holds none."""
    with contextlib.suppress(ValueError):
        return int(text(path) or "")
    return None


def numbers(path: Path) -> dict[str, int]:
    """The numbers of a file of lines `name number`, `name=number` or `name: number kB`."""
    return {name: int(value) for name, value in re.findall(r"^([\w()]+)[\s:=]+(\d+)", text(path) or "", re.MULTILINE)}


def cpu_seconds(cpus: Iterable[int]) -> dict[int, tuple[float, float]]:
    """Seconds of work, and seconds stolen by the hypervisor, of some CPUs since the machine started."""
    tick_s = 1 / os.sysconf("SC_CLK_TCK")
    found = {}
    for line in (text(PROC / "stat") or "").splitlines():
        name, *columns = line.split()
        if name[:3] == "cpu" and name[3:].isdigit() and int(name[3:]) in cpus:
            work, stolen = (sum(int(columns[place]) for place in places) for places in (BUSY, STEAL))
            found[int(name[3:])] = (work * tick_s, stolen * tick_s)
    return found


def load_average() -> list[float] | None:
    """Over 1, 5 and 15 minutes."""
    words = (text(PROC / "loadavg") or "").split()
    return [float(word) for word in words[:3]] or None


def cpu_pressure() -> tuple[float, float] | None:
    """Share of the last 10 s, and seconds since the start, in which something had to wait for a CPU."""
    found = re.search(r"^some avg10=([\d.]+).*total=(\d+)", text(PROC / "pressure" / "cpu") or "", re.MULTILINE)
    return found and (float(found[1]) / 100, int(found[2]) / 1e6)


def memory() -> dict[str, int]:
    """Memory available and swap in use, in bytes, of those that the kernel tells."""
    told = numbers(PROC / "meminfo")
    found = {}
    if "MemAvailable" in told:
        found["memory_available_bytes"] = told["MemAvailable"] * 1024
    if "SwapTotal" in told and "SwapFree" in told:
        found["swap_used_bytes"] = (told["SwapTotal"] - told["SwapFree"]) * 1024
    return found


def swapped() -> dict[str, int]:
    """Bytes swapped in and out since the start."""
    told, page = numbers(PROC / "vmstat"), os.sysconf("SC_PAGE_SIZE")
    names = {"pswpin": "swap_in_bytes", "pswpout": "swap_out_bytes"}
    return {name: told[counter] * page for counter, name in names.items() if counter in told}


def on_battery() -> bool | None:
    """Whether a battery is what the machine runs on; None where there is no battery."""
    supplies = SYS / "class" / "power_supply"
    batteries = [each for each in supplies.glob("*") if text(each / "type") == "Battery"]
    # a mouse has a battery too
    own = [text(each / "status") for each in batteries if text(each / "scope") != "Device"]
    return "Discharging" in own if own else None
