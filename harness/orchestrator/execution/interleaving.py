"""Workers that take turns, an epoch each, so that all of them meet the machine as it is in the same seconds."""

from __future__ import annotations

import os
import random
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from harness.orchestrator.execution.interrupts import Interrupts
from harness.orchestrator.execution.launcher import Job, Observer, Outcome, launch

# Between two turns: the threads of the one before spin for work up to 200 ms (Intel OpenMP's KMP_BLOCKTIME).
SETTLE_S = 0.25
LOOK_S = 0.2  # how often a worker that has not yet come to its first epoch is looked at


class Stop:
    """Tells every follower of a worker to stop it; stands where launch takes Interrupts."""

    def __init__(self) -> None:
        self.descriptor = os.eventfd(0)

    def now(self) -> None:
        """Stop whatever still runs."""
        os.eventfd_write(self.descriptor, 1)

    def heard(self) -> None:
        """The descriptor stays readable: it is for every follower."""


@dataclass(frozen=True)
class Player:
    """A worker that waits for its next turn; harness/worker/phases.py is the other side."""

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


def run_in_turns(
    jobs: Sequence[tuple[Job, Observer]],
    address: Path,
    order: random.Random,
    interrupts: Interrupts | None = None,
    seated: Callable[[int], None] = lambda number: None,
) -> list[Outcome]:
    """The outcomes of workers that start one after the other, then train in rounds: an epoch each, in random order.

    One that fails drops out, and the others go on; so do those that know nothing of turns, as an older revision's.

    Args:
        jobs: their requests' `turns` is `address`.
        address: of a Unix socket that is made here.
        order: draws the order within each round.
        interrupts: stops all of them when the user asks for it.
        seated: is told the number of each job that has come to its first epoch, or has ended; then the next one starts.
    """
    futures, stop = [], Stop()
    with ThreadPoolExecutor(len(jobs)) as pool, seats(address) as seat, stopped_by(interrupts, stop):
        players = []
        for number, (job, observer) in enumerate(jobs):
            futures.append(pool.submit(launch, job, observer, stop))
            player = seat(futures[-1])
            if player is not None and player.waits():
                players.append(player)
            seated(number)
        play(players, order)
    return [future.result() for future in futures]


def play(players: list[Player], order: random.Random) -> None:
    """Rounds until every player has ended."""
    while players:
        for player in order.sample(players, len(players)):
            time.sleep(SETTLE_S)
            if not player.turn():
                players.remove(player)


@contextmanager
def stopped_by(interrupts: Interrupts | None, stop: Stop) -> Iterator[None]:
    """While this lasts what the user asks is passed on; on an error nothing is left running."""
    done = os.eventfd(0)
    watched = [done] if interrupts is None else [done, interrupts.descriptor]

    def pass_on() -> None:
        ready, _, _ = select.select(watched, [], [])
        if done not in ready:
            interrupts.heard()
            stop.now()

    watcher = threading.Thread(target=pass_on)
    watcher.start()
    try:
        yield
    except BaseException:
        stop.now()
        raise
    finally:
        os.eventfd_write(done, 1)
        watcher.join()
        os.close(done)


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
