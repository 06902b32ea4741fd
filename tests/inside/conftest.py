"""What all tests of what runs inside have in common."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.backends import active


@pytest.fixture(autouse=True)
def engine_stays() -> Iterator[None]:
    """A test that puts another engine in use takes it along: the first has the values of variables of modules."""
    before = active.engine()
    yield
    active.resume(before)
