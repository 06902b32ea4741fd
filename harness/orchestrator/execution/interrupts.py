"""Ctrl-C while measuring: noted rather than raised, so that nothing is cut in half."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """While entered, SIGNALS set `requested` and call whatever they are passed to."""

    def __init__(self) -> None:
        self.requested = False
        self._stops: list[Callable[[], None]] = []

    def __enter__(self) -> Interrupts:
        self._handlers = {number: signal.signal(number, self._note) for number in SIGNALS}
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    @contextmanager
    def passed_to(self, stop: Callable[[], None]) -> Iterator[None]:
        """While this lasts each signal calls `stop`, in the main thread, whatever that waits for."""
        self._stops.append(stop)
        try:
            yield
        finally:
            self._stops.remove(stop)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        for stop in self._stops:
            stop()
