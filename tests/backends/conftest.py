"""What all tests of the backends have in common."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.backends.engines import registry


@pytest.fixture(autouse=True)
def engine_stays() -> Iterator[None]:
    """A test that puts another engine in use takes it along: the first has the values of variables of modules."""
    before = registry.engine()
    yield
    registry.resume(before)
