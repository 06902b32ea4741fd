"""What the process tree has done so far, and holds: CPU time, page faults, bytes moved, context switches, memory.

The kernel adds what an ended process has done to its parent's account, once that has heard of its end. So the living
ones together tell of all, but for those that nobody waits for; a total never falls all the same.
"""

from __future__ import annotations

import contextlib
import os
import re

from harness.orchestrator.monitoring.telemetry.process_tree import Tree
from harness.orchestrator.monitoring.telemetry.sensor import Value, counters, gauges

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
# Fields of /proc/<pid>/stat behind the name, which may hold anything but ends with the last bracket; see proc(5).
MINOR, MAJOR, CPU = slice(7, 9), slice(9, 11), slice(11, 15)
TRANSFERS = re.compile(rb"^read_bytes: (\d+)\nwrite_bytes: (\d+)", re.MULTILINE)
RESIDENT = re.compile(rb"^VmRSS:\s*(\d+) kB", re.MULTILINE)
PEAK = re.compile(rb"^VmHWM:\s*(\d+) kB", re.MULTILINE)
SWITCHES = b"\nvoluntary_ctxt_switches:"  # with the involuntary ones behind it, at the end


class Totals:
    """Counters that never fall."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.values = dict.fromkeys(names, 0.0)

    def raised(self, *totals: float) -> dict[str, Value]:
        """The counters, each raised to its new total."""
        pairs = zip(self.values, totals, strict=True)
        self.values = {name: max(total, self.values[name]) for name, total in pairs}
        return dict(self.values)


class Work:
    """CPU time and page faults of the tree."""

    name = "work"
    columns = counters("tree_cpu_s", "tree_minor_faults", "tree_major_faults")

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.totals = Totals(tuple(self.columns))

    def read(self) -> dict[str, Value]:
        ticks = minor = major = 0
        stats = self.tree.each("stat")
        for content in stats:
            fields = content[content.rindex(b")") + 2 :].split(maxsplit=15)
            ticks += sum(map(int, fields[CPU]))
            minor += sum(map(int, fields[MINOR]))
            major += sum(map(int, fields[MAJOR]))
        return self.totals.raised(ticks / TICKS_PER_S, minor, major) if stats else {}


class Transfers:
    """Bytes that the tree has had read from and written to disks."""

    name = "transfers"
    columns = counters("tree_read_bytes", "tree_written_bytes")

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.totals = Totals(tuple(self.columns))

    def read(self) -> dict[str, Value]:
        found = [pair.groups() for pair in map(TRANSFERS.search, self.tree.each("io")) if pair]
        return self.totals.raised(*(sum(int(pair[side]) for pair in found) for side in (0, 1))) if found else {}


class Switches:
    """Context switches of every thread; the kernel tells them only thread by thread, and of ended ones no more.

    Those of an ended thread are kept as they were last seen.
    """

    name = "switches"
    columns = counters("tree_voluntary_switches", "tree_involuntary_switches")

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.seen: dict[tuple[int, str], tuple[int, int]] = {}

    def read(self) -> dict[str, Value]:
        for pid, threads in self.tree.threads.items():
            for thread in threads:
                with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                    status = self.tree.files.read(f"proc/{pid}/task/{thread}/status")
                    _, voluntary, _, involuntary = status[status.rindex(SWITCHES) :].split(maxsplit=3)
                    self.seen[pid, thread] = int(voluntary), int(involuntary)
        return dict(zip(self.columns, map(sum, zip(*self.seen.values(), strict=True)), strict=False))


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
