"""What takes long is made once in a test session, whichever of its processes asks first."""

from __future__ import annotations

import functools
import hashlib
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest
from filelock import FileLock

FOLDER = "HARNESS_TESTS_FOLDER"  # the variable that tells a session's processes where to look

Arguments, Made = ParamSpec("Arguments"), TypeVar("Made")


def begin(config: pytest.Config) -> None:
    """Make the folder of a session, unless this is one of its further processes."""
    if not hasattr(config, "workerinput"):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="harness-tests-")


def end(config: pytest.Config) -> None:
    """Remove it, once the further processes have ended."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


def once(make: Callable[Arguments, Made]) -> Callable[Arguments, Made]:
    """A function whose result for the same arguments is made once and kept in a file."""

    @functools.cache
    def kept(*arguments: str, **named: str | bool) -> Made:
        name = hashlib.sha256(
            repr((make.__module__, make.__qualname__, arguments, sorted(named.items()))).encode()
        ).hexdigest()
        path = Path(os.environ[FOLDER], name)
        with FileLock(f"{path}.lock"):
            if not path.exists():
                unfinished = path.with_suffix(".unfinished")
                unfinished.write_bytes(pickle.dumps(make(*arguments, **named)))
                unfinished.rename(path)
        return pickle.loads(path.read_bytes())

    kept.anew = make
    return kept
