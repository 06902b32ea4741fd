"""Benches that would measure each other wait for each other: a lock of the host, and one of each GPU.

A session with cases on the CPU has the host to itself. Sessions on GPUs only share it, each with its own GPUs. The file
of a lock names who holds it, a line each: process and time.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from harness.orchestrator.core.clock import utc_now
from harness.orchestrator.core.errors import HarnessError
from harness.orchestrator.execution.interrupts import Interrupts
from harness.orchestrator.monitoring.telemetry.gpus import uuids_of

LOCK = Path(tempfile.gettempdir()) / "harness-bench.lock"
# Seconds between two looks while another bench runs: rare enough not to disturb it.
LOOK_S = 2.0


@dataclass(frozen=True)
class Lock:
    """What a session needs: `what` in words, exclusively (`alone`) or together with others that share it."""

    path: Path
    what: str
    alone: bool

    def taken(self) -> int | None:
        """The descriptor that holds the lock, None if others hold it."""
        descriptor = opened(self.path)
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_EX if self.alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            if in_place(descriptor, self.path):
                self.sign(descriptor)
                return descriptor
        except BlockingIOError:
            pass
        os.close(descriptor)
        return None

    def sign(self, descriptor: int) -> None:
        """Say in the file who holds it now."""
        if self.alone:
            os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()} {utc_now()}\n".encode())

    def holders(self) -> str:
        """Who holds it, in brackets; nothing if the file does not say."""
        try:
            lines = [line.split() for line in self.path.read_text(errors="replace").splitlines()]
        except FileNotFoundError:
            return ""
        known = [line for line in lines if len(line) == 2 and line[0].isdigit() and psutil.pid_exists(int(line[0]))]
        return f" ({'; '.join(f'process {pid}, since {since}' for pid, since in known)})" if known else ""


def opened(path: Path) -> int:
    """A descriptor of the file, which every user may lock; made if it is not there."""
    try:
        # not with O_CREAT: the kernel may refuse that for another user's file in a folder of all
        return os.open(path, os.O_RDWR | os.O_APPEND)
    except FileNotFoundError:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
        os.fchmod(descriptor, 0o666)
        return descriptor


def in_place(descriptor: int, path: Path) -> bool:
    """Whether the file is still the one that others find: it may have been removed in between."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


@contextmanager
def host_lock(say: Callable[[str], None], devices: Iterable[str] = ("cpu",)) -> Iterator[None]:
    """Hold all that a session on some devices needs for itself; waits for other benches to end, after saying so."""
    with ExitStack() as held:
        for lock in locks_of(devices):
            held.callback(os.close, take(lock, say))
        yield


def locks_of(devices: Iterable[str]) -> list[Lock]:
    """The locks of a session, in the order in which every session takes them, so that no two wait for each other."""
    uuids = uuids_of(device for device in devices if device != "cpu")
    alone = not uuids or "cpu" in devices
    of_gpus = [Lock(LOCK.with_name(f"{LOCK.stem}-{uuid}.lock"), uuid, True) for uuid in sorted(uuids)]
    return [Lock(LOCK, "this machine", alone), *of_gpus]


def take(lock: Lock, say: Callable[[str], None]) -> int:
    """The descriptor that holds a lock, once it is free; KeyboardInterrupt if told to stop meanwhile."""
    try:
        descriptor = lock.taken()
        return descriptor if descriptor is not None else wait(lock, say)
    except PermissionError as error:
        raise HarnessError(
            f"The lock {lock.path} belongs to another user. Expected a file that may be opened. "
            f"Received {error.strerror}. Ask its owner to remove it, or set TMPDIR."
        ) from error


def wait(lock: Lock, say: Callable[[str], None]) -> int:
    """The same, for a lock that another bench holds."""
    with Interrupts() as interrupts, interrupts.passed_to(give_up):
        say(f"Another bench{lock.holders()} is running on {lock.what}; waiting for it to end.")
        while (descriptor := lock.taken()) is None:
            if interrupts.requested:
                give_up()
            time.sleep(LOOK_S)
        return descriptor


def give_up() -> None:
    """Stop waiting for a lock."""
    raise KeyboardInterrupt
