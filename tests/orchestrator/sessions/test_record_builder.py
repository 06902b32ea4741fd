"""What a record says of the machine that it was made on."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.orchestrator.core.paths import ROOT, cache_root
from harness.orchestrator.sessions.record_builder import portable


def test_portable_names_folders_instead_of_their_paths() -> None:
    value = {"a": [f"{cache_root()}/x:{ROOT}/y", str(Path.home() / "z")], "b": 1.5, "c": None}
    assert portable(value) == {"a": ["<cache>/x:<checkout>/y", "~/z"], "b": 1.5, "c": None}


@pytest.mark.parametrize("suffix", ["-other", "home", ".bak"])
def test_portable_leaves_folders_whose_names_only_begin_alike(suffix: str) -> None:
    assert portable(f"{ROOT}{suffix}/x") == f"{ROOT}{suffix}/x".replace(f"{Path.home()}/", "~/")


def test_portable_writes_null_for_what_is_not_finite() -> None:
    assert portable({"a": (float("nan"), 2)}) == {"a": [None, 2]}
