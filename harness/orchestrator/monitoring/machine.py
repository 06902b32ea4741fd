"""The machine that measures: a stable short name, what it is made of, and its state at the start of a session."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import psutil

from harness import __version__
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.core.paths import ROOT

CPUINFO = Path("/proc/cpuinfo")
OS_RELEASE = Path("/etc/os-release")
# Marketing words and punctuation that would make the short name long.
NOISE = re.compile(r"\((r|tm)\)|\b(cpu|processor|\d+-core)\b|@.*$", re.IGNORECASE)


def describe() -> dict:
    """Everything about the machine that a record keeps."""
    fixed = hardware()
    return {"name": short_name(fixed), **fixed, **software(), "load_average": list(os.getloadavg())}


def hardware() -> dict:
    """What does not change between two sessions on one machine."""
    return {
        "cpu": cpu_model(),
        "architecture": platform.machine(),
        "physical_cores": psutil.cpu_count(logical=False) or psutil.cpu_count(),
        "logical_cpus": psutil.cpu_count(),
        "available_cpus": len(available_cpus()),
        "available_cores": len(core_groups()),
        "memory_bytes": psutil.virtual_memory().total,
    }


def software() -> dict:
    """Operating system and the harness itself."""
    return {
        "os": os_name(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "harness": {"version": __version__, **git_state()},
    }


def short_name(fixed: dict) -> str:
    """A file name for machines of this kind: no host name, the same after each boot."""
    words = re.findall(r"[a-z0-9]+", NOISE.sub(" ", fixed["cpu"]).lower())
    identity = "|".join(str(fixed[key]) for key in ("cpu", "architecture", "physical_cores", "logical_cpus"))
    digest = hashlib.sha256(identity.encode()).hexdigest()[:6]
    return "-".join([*words[:4], f"{fixed['physical_cores']}c", digest])


def cpu_model() -> str:
    """The processor's name as the kernel tells it, else the architecture."""
    if CPUINFO.exists():
        match = re.search(r"^model name\s*:\s*(.+)$", CPUINFO.read_text(), re.MULTILINE)
        if match:
            return " ".join(match.group(1).split())
    return platform.processor() or platform.machine()


def os_name() -> str:
    """The distribution's name and version."""
    if OS_RELEASE.exists():
        match = re.search(r'^PRETTY_NAME="?([^"\n]+)', OS_RELEASE.read_text(), re.MULTILINE)
        if match:
            return match.group(1)
    return platform.platform()


def available_cpus() -> list[int]:
    """Logical CPUs that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(psutil.cpu_count() or 1))


def core_groups() -> list[list[int]]:
    """The available logical CPUs, grouped by the physical core that they share."""
    groups = defaultdict(list)
    for cpu in available_cpus():
        groups[core_of(cpu)].append(cpu)
    return sorted(groups.values())


def core_of(cpu: int) -> tuple[str, str]:
    """Which package and core a logical CPU belongs to; itself where the kernel does not say."""
    topology = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology")
    try:
        return (topology / "physical_package_id").read_text().strip(), (topology / "core_id").read_text().strip()
    except OSError:
        return "cpu", str(cpu)


def choose_threads(requested: int | None) -> int:
    """The number of threads of a session: as requested, else every physical core available.

    Raises:
        ConfigError: more threads than logical CPUs would measure the scheduler.
    """
    if requested is None:
        return len(core_groups())
    available = len(available_cpus())
    if requested > available:
        raise ConfigError(
            f"Too many threads. Expected 1 to {available}, the CPUs that may be used. Received threads={requested}."
        )
    return requested


def choose_cpus(threads: int) -> list[int]:
    """The logical CPUs that a worker with so many threads is bound to: one a core, until cores run out."""
    groups = core_groups()
    if threads >= len(groups):
        return available_cpus()
    return [group[0] for group in groups[:threads]]


def git_state() -> dict:
    """Commit of the checkout and whether its sources differ from it; both None where there is no git."""
    commit = git("rev-parse", "HEAD")
    if commit is None:
        return {"commit": None, "dirty": None}
    changes = git("status", "--porcelain", "--", ".", ":!results", ":!reports")
    return {"commit": commit, "dirty": None if changes is None else bool(changes)}


def git(*arguments: str) -> str | None:
    """What git answers in the checkout, None where it cannot."""
    program = shutil.which("git")
    if program is None:
        return None
    answer = subprocess.run([program, "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else None
