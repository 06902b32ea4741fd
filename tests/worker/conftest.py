"""What all tests of the worker have in common."""

from tests.backends.conftest import engine_stays

__all__ = ["engine_stays"]
