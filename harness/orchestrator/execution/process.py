"""Starts a process in a session of its own, and ends it with all that it started."""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

# Inherited from the user; everything else a worker sees is set by its environment, so that runs are alike.
# CUDA_VISIBLE_DEVICES is the user's choice of card, which belongs to the machine rather than to a library.
INHERITED = ("HOME", "PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER", "LOGNAME", "CUDA_VISIBLE_DEVICES")
# CUDA would number the cards by speed; so device gpu:1 is the card 1 of nvidia-smi.
ORDER = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
# Seconds between TERM and KILL: enough for an interpreter to leave, short enough for Ctrl-C.
GRACE_S = 3.0
# Seconds for the kernel to end a process after KILL; one stuck in a driver may take longer than that.
KILL_S = 10.0


@dataclass(frozen=True)
class Ending:
    """How a process ended: exit code, negative for a signal, None if it could not be ended."""

    code: int | None
    cpu_time_s: float | None
    left_behind: int
    involuntary_switches: int | None = None

    @property
    def signal_name(self) -> str | None:
        """SIGSEGV and the like, None if no signal ended it."""
        return signal.Signals(-self.code).name if self.code is not None and self.code < 0 else None


class Process:
    """A running command; its process group holds all that it starts unless that leaves on purpose."""

    def __init__(
        self, command: list[str], variables: dict[str, str], cpus: list[int], output: tuple[Path, Path], passed: int
    ) -> None:
        """Start the command, bound to `cpus`, printing to the two files of `output`, with descriptor `passed`."""
        with output[0].open("wb") as stdout, output[1].open("wb") as stderr, bound_to(cpus):
            self.popen = subprocess.Popen(
                command,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                pass_fds=(passed,),
                start_new_session=True,
            )
        self.pid = self.popen.pid
        self.handle = os.pidfd_open(self.pid)

    def wait(self, timeout_s: float) -> bool:
        """Whether it ends within the time."""
        return bool(select.select([self.handle], [], [], timeout_s)[0])

    def stop(self, hurry: int | None = None) -> None:
        """TERM, then KILL, for the whole group; KILL comes at once when descriptor `hurry` becomes readable."""
        self.signal_group(signal.SIGTERM)
        waited = [self.handle] if hurry is None else [self.handle, hurry]
        select.select(waited, [], [], GRACE_S)
        self.signal_group(signal.SIGKILL)
        self.wait(KILL_S)

    def signal_group(self, number: int) -> None:
        """Send a signal to the group; safe because the leader is not reaped before `finish`."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def finish(self, escaped: Iterable[psutil.Process] = ()) -> Ending:
        """Kill what the ended process left behind, reap it, and tell how it ended."""
        survivors = {*group_members(self.pid), *alive(escaped)} - {psutil.Process(self.pid)}
        self.signal_group(signal.SIGKILL)
        for survivor in survivors:
            with contextlib.suppress(psutil.NoSuchProcess):
                survivor.kill()
        try:
            return self.reap(len(survivors))
        finally:
            os.close(self.handle)

    def reap(self, left_behind: int) -> Ending:
        if not self.wait(KILL_S):
            return Ending(None, None, left_behind)
        _, status, usage = os.wait4(self.pid, 0)
        self.popen.returncode = os.waitstatus_to_exitcode(status)
        return Ending(self.popen.returncode, usage.ru_utime + usage.ru_stime, left_behind, usage.ru_nivcsw)


@contextlib.contextmanager
def bound_to(cpus: list[int]) -> Iterator[None]:
    """Bind this process to some CPUs while it starts another, which inherits them."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def group_members(group: int) -> set[psutil.Process]:
    """Living processes of a group."""
    members = set()
    for pid in psutil.pids():
        with contextlib.suppress(ProcessLookupError, PermissionError, psutil.NoSuchProcess):
            if os.getpgid(pid) == group:
                members.add(psutil.Process(pid))
    return alive(members)


def alive(processes: Iterable[psutil.Process]) -> set[psutil.Process]:
    """Those that still run; a zombie only waits to be reaped."""
    living = set()
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                living.add(process)
    return living


def worker_variables(environment: dict[str, str]) -> dict[str, str]:
    """The whole set of environment variables of a worker."""
    return {**{key: os.environ[key] for key in INHERITED if key in os.environ}, **ORDER, **environment}


def without_core_files() -> None:
    """A crashing framework writes no core file: it can be gigabytes, and the record says what happened."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
