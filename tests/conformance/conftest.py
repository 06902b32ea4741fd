"""Leaves out the tests of backends that `--backend` does not name; the reference stays: all are compared with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.orchestrator.suites.conformance.answers import engines
from tests.conformance import collected

TESTS = Path(__file__).parents[1]
ROOMS = (TESTS / "conformance", TESTS / "backends" / "engines")


def pytest_configure(config: pytest.Config) -> None:
    named = [name for name in config.getoption("--backend").split(",") if name]
    unknown = sorted(set(named) - set(engines()))
    if unknown:
        raise pytest.UsageError(f"--backend: expected some of {', '.join(engines())}, received {', '.join(unknown)}")
    if named:
        collected.chosen = {*named, "numpy"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test of ROOMS that has a backend in the name of its folder, file or function is of that backend."""
    left_out = set(engines()) - set(collected.backends())
    here = [item for item in items if any(room in item.path.parents for room in ROOMS)]
    dropped = [item for item in here if left_out & set(re.split(r"\W|_", own_name(item)))]
    config.hook.pytest_deselected(items=dropped)
    items[:] = [item for item in items if item not in dropped]


def own_name(item: pytest.Item) -> str:
    """The names of a test's folders, file and function, without what it is parametrized with."""
    return f"{item.path.relative_to(TESTS)}_{getattr(item, 'originalname', item.name)}"
