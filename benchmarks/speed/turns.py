"""Workers that take turns, an epoch each, so that all of them meet the machine as it is in the same seconds."""

from __future__ import annotations

import os
import random
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from harness.orchestrator.launcher import Job, Outcome, launch
from harness.orchestrator.references import Silent

# Between two turns: the threads of the one before spin for work up to 200 ms (Intel OpenMP's KMP_BLOCKTIME).
SETTLE_S = 0.25
LOOK_S = 0.2  # how often a worker that has not yet come to its first epoch is looked at


class Stop:
    """Stops on leaving what is still followed with it; stands where launch takes Interrupts."""

    def __init__(self) -> None:
        self.descriptor = os.eventfd(0)

    def __enter__(self) -> Stop:
        return self

    def __exit__(self, *exception: object) -> None:
        os.eventfd_write(self.descriptor, 1)

    def heard(self) -> None:
        """The descriptor stays readable: it is for every follower."""


@dataclass(frozen=True)
class Player:
    """A worker that waits for its next turn; see take_turns in benchmarks/contender.py for the other side."""

    future: Future
    connection: socket.socket

    def turn(self) -> bool:
        """Let it train an epoch; whether it waits for another."""
        with suppress(ConnectionError):
            self.connection.sendall(b".")
        return self.waits()

    def waits(self) -> bool:
        """Whether it has come to where it waits; if it goes no further, its outcome is there."""
        with suppress(ConnectionError):
            if self.connection.recv(1):
                return True
        wait([self.future])
        return False


def run_in_turns(jobs: list[Job], address: Path, order: random.Random) -> list[Outcome]:
    """The outcomes of workers that start one after the other, then train in rounds: an epoch each, in random order.

    Args:
        jobs: equally many epochs each; their requests' `turns` is `address`.
        address: of a Unix socket that is made here.
        order: draws the order within each round.

    Returns:
        In the order of `jobs`; when one fails the others are stopped, and those not yet started have none.
    """
    rounds = max(job.request["warmup_epochs"] + job.request["epochs"] for job in jobs)
    futures, stop = [], Stop()
    with ThreadPoolExecutor(len(jobs)) as pool, seats(address) as seat, stop:
        players = []
        for job in jobs:
            futures.append(pool.submit(launch, job, Silent(), stop))
            players.append(seat(futures[-1]))
            if players[-1] is None or not players[-1].waits():
                break
        else:
            play(players, rounds, order)
    return [future.result() for future in futures]


def play(players: list[Player], rounds: int, order: random.Random) -> None:
    """All rounds, unless a player ends early; in the last one each of them ends."""
    for left in reversed(range(rounds)):
        for player in order.sample(players, len(players)):
            time.sleep(SETTLE_S)
            if not player.turn() and left:
                return


@contextmanager
def seats(address: Path) -> Iterator[Callable[[Future], Player | None]]:
    """A function that waits until the worker of a future connects; None if that ends before."""
    with ExitStack() as connections, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen()
        listener.settimeout(LOOK_S)

        def seat(future: Future) -> Player | None:
            while not future.done():
                with suppress(TimeoutError):
                    connection = connections.enter_context(listener.accept()[0])
                    return Player(future, connection)
            return None

        yield seat
