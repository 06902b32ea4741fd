"""Unknown names: the error that lists the known ones and suggests the nearest."""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Iterable

from harness.orchestrator.core.errors import ConfigError

WILDCARDS = "*?["
LISTED = 40  # more names than these are not listed in a message


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


def glob(patterns: str) -> str:
    """Patterns of names, with commas between them; one without a wildcard may be any part of a name."""
    stripped = [pattern.strip() for pattern in patterns.split(",")]
    return ",".join(
        pattern if any(sign in pattern for sign in WILDCARDS) else f"*{pattern}*" for pattern in stripped if pattern
    )


def matching(thing: str, patterns: str, names: Iterable[str]) -> list[str]:
    """The names of things, e.g. "operation", that match one of the patterns, see `glob`.

    Raises: ConfigError if a pattern matches none.
    """
    known = list(names)
    chosen = {name for pattern in patterns.split(",") for name in matching_one(thing, pattern.strip(), known)}
    return [name for name in known if name in chosen]


def matching_one(thing: str, pattern: str, known: list[str]) -> list[str]:
    """The names that match one pattern; ConfigError if none does."""
    chosen = fnmatch.filter(known, glob(pattern))
    if not chosen:
        near = nearest(pattern, known)
        advice = f" Did you mean {near}?" if near else f" Known are {', '.join(known)}." if len(known) <= LISTED else ""
        raise ConfigError(f"No {thing} has such a name. Expected a pattern of names. Received {pattern!r}.{advice}")
    return chosen
