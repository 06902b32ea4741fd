"""A worker and all processes below it."""

from __future__ import annotations

import contextlib

import psutil

from harness.orchestrator.monitoring.telemetry.procfs import Files


class Tree:
    """Who belongs to a run; the descendants once seen are remembered, so that none is left behind."""

    def __init__(self, pid: int, files: Files) -> None:
        self.root = pid
        self.files = files
        self.threads: dict[int, list[str]] = {}  # of each process that runs
        self.descendants: dict[int, psutil.Process] = {}

    def look(self) -> None:
        """Find out who is there now, from lists that the kernel keeps: psutil would look at every process there is."""
        self.threads, waiting = {}, [self.root]
        while waiting:
            pid = waiting.pop()
            self.threads[pid] = self.files.names(f"proc/{pid}/task")
            waiting += self.children_of(pid)
        for pid in self.threads.keys() - self.descendants.keys() - {self.root}:
            with contextlib.suppress(psutil.NoSuchProcess):
                self.descendants[pid] = psutil.Process(pid)

    def children_of(self, pid: int) -> list[int]:
        """Processes that any thread of a process has started and that still run; none once it has ended."""
        children: list[int] = []
        for thread in self.threads[pid]:
            with contextlib.suppress(OSError):
                children += map(int, self.files.read(f"proc/{pid}/task/{thread}/children").split())
        return children

    def each(self, file: str) -> list[bytes]:
        """What a file in the folder of each process holds; of those that have ended nothing.

        Raises:
            PermissionError: it may not be read.
        """
        contents = []
        for pid in self.threads:
            try:
                contents.append(self.files.read(f"proc/{pid}/{file}"))
            except (FileNotFoundError, ProcessLookupError):
                continue
            except PermissionError:  # of a zombie the kernel shows some files to root alone
                if not self.has_ended(pid):
                    raise
        return contents

    def has_ended(self, pid: int) -> bool:
        """Whether a process is a zombie: it has ended, and nobody has waited for it yet."""
        return self.files.read(f"proc/{pid}/stat").rpartition(b") ")[2].startswith(b"Z")
