"""One bench at a time on a host: two that overlap would measure each other."""

from __future__ import annotations

import select
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from harness.orchestrator.errors import HarnessError
from harness.orchestrator.interrupts import Interrupts

LOCK = Path(tempfile.gettempdir()) / "harness-bench.lock"
# Seconds between two looks while another bench runs: rare enough not to disturb it.
LOOK_S = 2.0


@contextmanager
def host_lock(say: Callable[[str], None]) -> Iterator[None]:
    """Hold the host's lock; waits for another bench to end, after saying so."""
    lock = FileLock(LOCK, mode=0o666)
    try:
        take(lock, say)
    except PermissionError as error:
        raise HarnessError(
            f"The lock {LOCK} belongs to another user. Expected a file that may be opened. "
            f"Received {error.strerror}. Ask its owner to remove it, or set TMPDIR."
        ) from error
    try:
        yield
    finally:
        lock.release()


def take(lock: FileLock, say: Callable[[str], None]) -> None:
    """Acquire the lock, waiting for it if need be; KeyboardInterrupt if told to stop meanwhile."""
    if taken(lock):
        return
    with Interrupts() as interrupts:
        say("Another bench is running on this machine; waiting for it to end.")
        while not taken(lock):
            if select.select([interrupts.descriptor], [], [], LOOK_S)[0]:
                raise KeyboardInterrupt


def taken(lock: FileLock) -> bool:
    """Whether the lock could be acquired at once."""
    with suppress(Timeout):
        lock.acquire(timeout=0)
    return lock.is_locked
