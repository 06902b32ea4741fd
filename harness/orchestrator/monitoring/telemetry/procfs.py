"""Reads the kernel's small files again and again, each opened once: opening takes longer than reading."""

from __future__ import annotations

import os
from pathlib import Path

# The columns of a CPU's line in /proc/stat: user nice system idle iowait irq softirq steal; see proc(5). Guests' time,
# which follows, is a part of user's.
BUSY, IDLE, STEAL = (0, 1, 2, 5, 6), (3, 4), (7,)
# A worker may have hundreds of threads with two files each, the orchestrator often no more than 1,024 descriptors.
KEPT_OPEN = 256
# The longest file that is read, /proc/stat, begins with what counts.
ROOM_BYTES = 1 << 16


def open_file(path: str) -> int:
    """A descriptor to read from."""
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


class Files:
    """Files below a root, by their paths from there."""

    def __init__(self, root: Path = Path("/")) -> None:
        self.root = str(root).rstrip("/") + "/"
        self.kept: dict[str, int] = {}
        self.used: set[str] = set()

    def read(self, path: str) -> bytes:
        """What the file holds now.

        Raises:
            OSError: it is not there, no longer, or may not be read.
        """
        self.used.add(path)
        descriptor = self.kept.get(path)
        if descriptor is None:
            descriptor = open_file(self.root + path)
            if len(self.kept) >= KEPT_OPEN:
                return read_once(descriptor)
            self.kept[path] = descriptor
        try:
            return os.pread(descriptor, ROOM_BYTES, 0)
        except OSError:
            os.close(self.kept.pop(path))
            raise

    def number(self, path: str) -> int:
        """The whole number that a file holds."""
        return int(self.read(path))

    def word(self, path: str) -> str:
        """The text that a file holds."""
        return self.read(path).decode("utf-8", "replace").strip()

    def names(self, folder: str) -> list[str]:
        """What a folder holds, sorted; nothing if it is not there."""
        try:
            return sorted(os.listdir(self.root + folder))  # noqa: PTH208 names are all that is wanted, and often
        except OSError:
            return []

    def tidy(self) -> None:
        """Close what has not been read since the last time: those of processes that have ended."""
        for path in self.kept.keys() - self.used:
            os.close(self.kept.pop(path))
        self.used.clear()

    def close(self) -> None:
        """Close all that is kept open."""
        while self.kept:
            os.close(self.kept.popitem()[1])


def read_once(descriptor: int) -> bytes:
    """What is there, and closed."""
    try:
        return os.pread(descriptor, ROOM_BYTES, 0)
    finally:
        os.close(descriptor)
