"""The expected failures of a backend: `harness/backends/engines/<backend>/expected_failures.txt`.

A line holds a case's name and, after white space, why it cannot pass, with a link to the upstream issue where there is
one. Lines that begin with # and empty lines say nothing.
"""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.core.paths import ENGINES


def path_of(backend: str) -> Path:
    """Where a backend's expected failures stand."""
    return ENGINES / backend / "expected_failures.txt"


def read(backend: str) -> dict[str, str]:
    """Case -> reason."""
    return parse(path_of(backend).read_text(encoding="utf-8"))


def parse(text: str) -> dict[str, str]:
    """Case -> reason, from a file's text; a line without a reason raises ValueError."""
    expected = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            case, _, reason = line.strip().partition(" ")
            if not reason.strip():
                raise ValueError(f"expected failure without a reason. Expected '<case> <reason>'. Received {line!r}.")
            expected[case] = reason.strip()
    return expected
