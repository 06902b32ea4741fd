"""One line on stderr that says what a command does before it prints anything: it goes away by itself.

Imports, a look at stored records or a plot take seconds, and what comes out first is the result. The line is there
from `working` until something is printed to the terminal, or `end_working`.
"""

from __future__ import annotations

import sys
import time
from functools import cache
from typing import Any, TextIO

from harness.orchestrator.core.clock import stopwatch

# Frames a second: the first one comes a third of a second after the start, so that a quick command shows none.
FRAMES_PER_S = 3.0


class Guard:
    """A stream of the terminal in place of the real one: the line ends before anything is written to it."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        end_working()
        return self.stream.write(text)

    def writelines(self, lines: list[str]) -> None:
        end_working()
        self.stream.writelines(lines)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@cache
def guard(stream: TextIO) -> Guard:
    """The guard of a stream, kept for good: CPython's print() does not hold the sys.stdout that it writes to."""
    return Guard(stream)


class WorkingLine:
    """The line while it is shown."""

    def __init__(self, words: str) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        self.words, self.began_s = words, time.monotonic()
        self.streams = {name: getattr(sys, name) for name in ("stdout", "stderr") if getattr(sys, name).isatty()}
        self.live = Live(
            console=Console(file=sys.stderr),
            get_renderable=lambda: Text(self.line(), style="cyan", no_wrap=True, overflow="ellipsis"),
            refresh_per_second=FRAMES_PER_S,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def line(self) -> str:
        return f"{self.words}, {stopwatch(time.monotonic() - self.began_s)}"

    def start(self) -> None:
        """Show it, and watch for what else is printed."""
        self.live.start()
        for name, stream in self.streams.items():
            setattr(sys, name, guard(stream))

    def stop(self) -> None:
        """Remove it."""
        for name, stream in self.streams.items():
            if isinstance(getattr(sys, name), Guard):
                setattr(sys, name, stream)
        self.live.stop()


_shown: list[WorkingLine] = []  # the one that is shown, if any


def working(words: str) -> None:
    """Show on a terminal what is done now, until something is printed or something else is done."""
    end_working()
    if sys.stderr.isatty():
        _shown.append(WorkingLine(words))
        _shown[-1].start()


def end_working() -> None:
    """Remove the line, if there is one."""
    while _shown:
        _shown.pop().stop()
