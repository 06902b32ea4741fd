"""Memory of a process and all its descendants, sampled from outside."""

from __future__ import annotations

import contextlib
import re
import time
from pathlib import Path

import psutil

# Seconds between two samples: rare enough to cost nothing, see `cost_s`, often enough for an epoch.
SAMPLE_S = 1.0
PROC = Path("/proc")


class TreeSampler:
    """Follows a process tree; remembers its peak, its members and what the sampling itself cost."""

    def __init__(self, pid: int) -> None:
        self.root = pid
        self.peak_rss_bytes: int | None = None
        self.cost_s = 0.0
        self.descendants: dict[int, psutil.Process] = {}
        self.due_s = time.monotonic()

    def sample(self) -> None:
        """Add up the resident memory of all processes in the tree."""
        begin_s = time.thread_time()
        below = descendants(self.root)
        for pid in set(below) - set(self.descendants):
            with contextlib.suppress(psutil.NoSuchProcess):
                self.descendants[pid] = psutil.Process(pid)
        own_bytes, peak_bytes = resident(self.root)
        total = max(peak_bytes, own_bytes + sum(resident(pid)[0] for pid in below))
        if total:
            self.peak_rss_bytes = max(total, self.peak_rss_bytes or 0)
        self.cost_s += time.thread_time() - begin_s
        self.due_s = time.monotonic() + SAMPLE_S


def descendants(root: int) -> list[int]:
    """All processes below one, from the lists that the kernel keeps: psutil would look at every process there is."""
    found, waiting = [], [root]
    while waiting:
        children = children_of(waiting.pop())
        found += children
        waiting += children
    return found


def children_of(pid: int) -> list[int]:
    """Processes that any thread of a process has started and that still run; none once it has ended."""
    children = []
    with contextlib.suppress(OSError):
        for task in (PROC / str(pid) / "task").iterdir():
            with contextlib.suppress(OSError):
                children += [int(word) for word in (task / "children").read_text().split()]
    return children


def resident(pid: int) -> tuple[int, int]:
    """Resident memory of a process now and at its peak, in bytes; zeros once it has ended."""
    try:
        status = (PROC / str(pid) / "status").read_text()
    except OSError:
        return 0, 0
    sizes = dict(re.findall(r"^(VmRSS|VmHWM):\s*(\d+) kB", status, re.MULTILINE))
    return int(sizes.get("VmRSS", 0)) * 1024, int(sizes.get("VmHWM", 0)) * 1024
