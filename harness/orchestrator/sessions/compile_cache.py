"""Whether a run found the code that it needed already compiled."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from harness.orchestrator.environments.description.environment import Environment


class Cache:
    """The compiled code of an environment around a run that compiles; `found` says how much of it was there."""

    def __init__(self, environment: Environment, choice: Literal["keep", "clear"]) -> None:
        self.environment, self.choice = environment, choice
        self.before: frozenset[Path] = frozenset()
        self.found: str | None = None

    def open(self) -> None:
        """The run is about to begin."""
        if self.choice == "clear":
            self.environment.clear_compile_cache()
        self.before = compiled(self.environment.compile_cache)

    def close(self) -> None:
        """The run has compiled what it needs."""
        self.found = state(self.environment.compile_cache, self.before)


def compiled(folder: Path | None) -> frozenset[Path]:
    """Shared objects in a cache of compiled code; none where a library keeps no cache."""
    return frozenset(folder.rglob("*.so")) if folder is not None and folder.is_dir() else frozenset()


def state(folder: Path | None, before: frozenset[Path]) -> str | None:
    """How much of what a run needed was there: None without a cache.

    `warm`: all of it, for the run added nothing. `cold`: none, for there was none. `partly filled`: there was code, of
    which the run may have used some, and it added more.
    """
    if folder is None:
        return None
    if not compiled(folder) - before:
        return "warm"
    return "partly filled" if before else "cold"
