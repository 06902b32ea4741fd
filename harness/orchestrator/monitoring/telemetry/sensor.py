"""What a sensor is, and how one is found absent."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

Value = float | str


class Kind(Enum):
    """How a column is summarised: a gauge by mean and largest, a counter by its rise, words by how often each comes."""

    GAUGE = "gauge"
    COUNTER = "counter"
    WORDS = "words"


def gauges(*names: str) -> dict[str, Kind]:
    """Columns that are gauges."""
    return dict.fromkeys(names, Kind.GAUGE)


def counters(*names: str) -> dict[str, Kind]:
    """Columns that are counters."""
    return dict.fromkeys(names, Kind.COUNTER)


class Unreadable(Exception):
    """A sensor cannot be read; the message says why."""


# By a ValueError Python says that what was read is no number, or not as many.
FAILURES = (OSError, ValueError, Unreadable)


class Sensor(Protocol):
    """Reads one thing. Whoever makes one learns by FAILURES that it is not there."""

    name: str
    columns: dict[str, Kind]

    def read(self) -> dict[str, Value]:
        """Values by column, without those that are not there at the moment.

        Raises:
            FAILURES: it can no longer be read.
        """


def reason_of(error: Exception) -> str:
    """Why a sensor is absent, in words; `error` is one of FAILURES."""
    if isinstance(error, ValueError):
        return f"invalid content: {error}"
    if isinstance(error, FileNotFoundError):
        return f"there is no {error.filename}"
    if isinstance(error, PermissionError):
        return f"{error.filename or 'it'} may not be read by this user"
    return str(error) if isinstance(error, Unreadable) else f"{error.strerror}: {error.filename or 'no file'}"
