"""The statuses that a run can end with, from the best to one that never began."""

from __future__ import annotations

STATUSES = (
    "ok",
    "wrong",
    "failed",
    "timeout",
    "out_of_memory",
    "killed",
    "interrupted",
    "unsupported",
    "skipped",
)
