"""Workers that run interleaved, an epoch each, so that all of them meet the machine as it is in the same seconds."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from harness.orchestrator.execution.executor import EXECUTOR, Handle, submitting
from harness.orchestrator.execution.interrupts import Interrupts
from harness.orchestrator.execution.job import Job, Observer, RunOutcome

# Between two epochs: the threads of the one before spin for work up to 200 ms (Intel OpenMP's KMP_BLOCKTIME).
SETTLE_S = 0.25
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

    def waits(self) -> bool:
        """Whether it has reached its next epoch; False once it has ended."""
        with suppress(ConnectionError):
            if self.connection.recv(1):
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
            time.sleep(SETTLE_S)
            if not participant.train_epoch():
                participants.remove(participant)


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
