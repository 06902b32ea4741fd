"""Resident memory of the tree."""

from __future__ import annotations

import re

from harness.orchestrator.monitoring.telemetry.process_tree import Tree
from harness.orchestrator.monitoring.telemetry.sensor import Value, gauges

RESIDENT = re.compile(rb"^VmRSS:\s*(\d+) kB", re.MULTILINE)
PEAK = re.compile(rb"^VmHWM:\s*(\d+) kB", re.MULTILINE)


class Memory:
    """What all processes hold together, and the most so far: of all samples, and of the worker as the kernel tells."""

    name = "memory"
    columns = gauges("tree_rss_bytes", "tree_peak_rss_bytes")

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.peak_bytes: int | None = None

    def read(self) -> dict[str, Value]:
        statuses = self.tree.each("status")  # the worker's is the first
        total = sum(kilobytes(RESIDENT, status) for status in statuses) * 1024
        if not total:
            return {}
        self.peak_bytes = max(total, self.peak_bytes or 0, kilobytes(PEAK, statuses[0]) * 1024)
        return {"tree_rss_bytes": total, "tree_peak_rss_bytes": self.peak_bytes}


def kilobytes(size: re.Pattern[bytes], status: bytes) -> int:
    """A size in a process's status; a zombie has none."""
    found = size.search(status)
    return int(found.group(1)) if found else 0
