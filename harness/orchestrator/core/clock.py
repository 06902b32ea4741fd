"""The time as it is stored and as it is shown."""

from __future__ import annotations

import math
from datetime import UTC, datetime


def utc_now() -> str:
    """The time as records carry it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unix_s(time_utc: str) -> float:
    """The seconds since 1970 of a time that records carry."""
    return datetime.fromisoformat(time_utc).timestamp()


def time_name() -> str:
    """The time as folders are named by it; names sort as the times do."""
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S")


def duration(seconds: float) -> str:
    """Seconds in the unit that a person would use."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def about(seconds: float) -> str:
    """A time that is estimated, no finer than an estimate is: up by 5 s, half a minute, five minutes, half an hour."""
    if seconds <= 5:
        return "a few seconds"
    if seconds <= 90:
        return f"{5 * math.ceil(seconds / 5)} s"
    if seconds <= 600:
        return f"{math.ceil(seconds / 30) / 2:g} min"
    if seconds <= 5400:
        return f"{5 * math.ceil(seconds / 300)} min"
    return f"{math.ceil(seconds / 1800) / 2:g} h"


def stopwatch(seconds: float) -> str:
    """Seconds that pass, to the second."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{rest:02} h"
    return f"{minutes}:{rest:02} min" if minutes else f"{rest} s"
