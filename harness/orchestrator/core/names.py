"""Answers a name that nobody knows: one sentence with the known names and the nearest of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from harness.orchestrator.core.errors import ConfigError


def unknown_name(kind: str, received: str, known: Iterable[str]) -> ConfigError:
    """The error for `received`, which is not one of the `known` names of a `kind`, e.g. "backend"."""
    names = list(known)
    near = nearest(received, names)
    advice = f" Did you mean {near}?" if near else ""
    return ConfigError(f"Unknown {kind}. Expected one of {', '.join(names)}. Received {kind}={received!r}.{advice}")


def nearest(received: str, known: Iterable[str]) -> str | None:
    """The known name most like `received`, None if none is like it."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(received.lower(), by_lower, n=1, cutoff=0.5)
    return by_lower[close[0]] if close else None


def check_names(kind: str, received: Iterable[str], known: Iterable[str]) -> None:
    """Raises ConfigError for the first received name that is not known."""
    names = list(known)
    for name in received:
        if name not in names:
            raise unknown_name(kind, name, names)
