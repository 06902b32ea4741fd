"""The time as it is stored and as it is shown."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> str:
    """The time as records carry it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
