"""Garbage collection around the building of a graph."""

from __future__ import annotations

import gc

import pytest

from harness.backends.engines.contract import without_collection


@pytest.mark.parametrize("enabled", [True, False])
def test_collection_is_restored_afterwards(enabled):
    gc.enable() if enabled else gc.disable()
    try:
        with without_collection():
            assert not gc.isenabled()
        assert gc.isenabled() is enabled
    finally:
        gc.enable()


def test_collection_goes_on_after_an_error():
    with pytest.raises(ZeroDivisionError), without_collection():
        raise ZeroDivisionError
    assert gc.isenabled()
