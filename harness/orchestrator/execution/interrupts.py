"""Ctrl-C while measuring: noted rather than raised, so that nothing is cut in half, and visible to a selector."""

from __future__ import annotations

import contextlib
import os
import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """While entered, SIGNALS set `requested` and make `descriptor` readable."""

    def __init__(self) -> None:
        self.requested = False
        self.descriptor, self._write_end = os.pipe()
        os.set_blocking(self.descriptor, False)
        os.set_blocking(self._write_end, False)

    def __enter__(self) -> Interrupts:
        self._wakeup = signal.set_wakeup_fd(self._write_end, warn_on_full_buffer=False)
        self._handlers = {number: signal.signal(number, self._note) for number in SIGNALS}
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        os.close(self.descriptor)
        os.close(self._write_end)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.requested = True

    def heard(self) -> None:
        """Make `descriptor` quiet again, so that a further signal can be told from this one."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self.descriptor, 64):
                pass
