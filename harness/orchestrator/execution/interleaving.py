"""Workers that run interleaved, an epoch each, so that all of them meet the machine as it is in the same seconds."""

from __future__ import annotations

import random
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from harness.orchestrator.execution.executor import EXECUTOR, Handle, submitting
from harness.orchestrator.execution.interrupts import Interrupts
from harness.orchestrator.execution.job import Job, Observer, RunOutcome

# After an epoch threads spin for work up to 200 ms (Intel OpenMP's KMP_BLOCKTIME): so long they are waited for, at
# most, and so often looked at. Those of most libraries sleep at the first look.
SETTLE_S, SETTLE_LOOK_S = 0.25, 0.01
PEER = struct.Struct("3i")  # pid, user and group of a Unix socket's other end
LOOK_S = 0.2  # how often a worker that has not yet reached its first epoch is looked at


@dataclass(frozen=True)
class Participant:
    """A worker that waits before each epoch; harness/worker/phases.py is the other end of the connection."""

    handle: Handle
    connection: socket.socket

    def train_epoch(self) -> bool:
        """Let it train an epoch; whether it waits for another."""
        with suppress(ConnectionError):
            self.connection.sendall(b".")
        return self.waits()

    def settle(self) -> None:
        """Wait until its threads sleep, so that the next one has the processors to itself."""
        pid, _, _ = PEER.unpack(self.connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size))
        end_s = time.monotonic() + SETTLE_S
        while time.monotonic() < end_s and not asleep(pid):
            time.sleep(SETTLE_LOOK_S)

    def waits(self) -> bool:
        """Whether it has reached its next epoch, where its threads sleep; False once it has ended."""
        with suppress(ConnectionError):
            if self.connection.recv(1):
                self.settle()
                return True
        EXECUTOR.wait(self.handle)
        return False


def run_interleaved(
    jobs: Sequence[tuple[Job, Observer]],
    address: Path,
    order: random.Random,
    interrupts: Interrupts | None = None,
    ready: Callable[[int], None] = lambda number: None,
) -> list[RunOutcome]:
    """The outcomes of workers that start one after the other, then train in rounds: an epoch each, in random order.

    One that fails drops out, and the others go on; so do those that train without waiting, as an older revision's.

    Args:
        jobs: their requests' `turns` is `address`.
        address: of a Unix socket that is made here.
        order: draws the order within each round.
        interrupts: cancels all of them when the user asks for it.
        ready: gets the number of each job that has reached its first epoch or has ended; then the next one starts.
    """
    handles, participants = [], []
    with submitting(interrupts) as submit, listening(address) as connected:
        for number, (job, observer) in enumerate(jobs):
            handles.append(submit(job, observer))
            participant = connected(handles[-1])
            if participant is not None and participant.waits():
                participants.append(participant)
            ready(number)
        train(participants, order)
        return [EXECUTOR.wait(handle) for handle in handles]


def train(participants: list[Participant], order: random.Random) -> None:
    """Rounds until every participant has ended."""
    while participants:
        for participant in order.sample(participants, len(participants)):
            if not participant.train_epoch():
                participants.remove(participant)


def asleep(pid: int) -> bool:
    """Whether no thread of a process runs or could; true of one that has ended."""
    try:
        return all(state(thread) != "R" for thread in Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return True


def state(thread: Path) -> str | None:
    """The state of a thread, see proc(5), None if it has ended."""
    try:
        return (thread / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return None


@contextmanager
def listening(address: Path) -> Iterator[Callable[[Handle], Participant | None]]:
    """A function that waits until the worker of a job connects; None if that ends before."""
    with ExitStack() as connections, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen()
        listener.settimeout(LOOK_S)

        def connected(handle: Handle) -> Participant | None:
            while not handle.done():
                with suppress(TimeoutError):
                    connection = connections.enter_context(listener.accept()[0])
                    return Participant(handle, connection)
            listener.setblocking(False)
            with suppress(BlockingIOError):  # it ended just after it had connected: the next job's is another one
                listener.accept()[0].close()
            listener.settimeout(LOOK_S)
            return None

        yield connected
