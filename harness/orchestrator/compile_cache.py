"""Whether a run found the code that it needed already compiled."""

from __future__ import annotations

from pathlib import Path


def compiled(folder: Path | None) -> frozenset[Path]:
    """Shared objects in a cache of compiled code; none where a library keeps no cache."""
    return frozenset(folder.rglob("*.so")) if folder is not None and folder.is_dir() else frozenset()


def state(folder: Path | None, before: frozenset[Path]) -> str | None:
    """`cold` if a run added compiled code to what was there before, else `warm`; None without a cache."""
    if folder is None:
        return None
    return "cold" if compiled(folder) - before else "warm"
