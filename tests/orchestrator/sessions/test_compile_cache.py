"""A run that had to compile is told from one that found its code."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.orchestrator.sessions.compile_cache import compiled, state


@pytest.mark.parametrize(("added", "expected"), [("tmp1/mod.so", "partly filled"), ("lock_dir/lock", "warm")])
def test_state_is_warm_only_when_no_compiled_code_was_added(tmp_path: Path, added: str, expected: str) -> None:
    (tmp_path / "tmp0").mkdir()
    (tmp_path / "tmp0" / "mod.so").touch()
    before = compiled(tmp_path)
    (tmp_path / added).parent.mkdir()
    (tmp_path / added).touch()
    assert state(tmp_path, before) == expected


def test_state_is_cold_when_the_cache_is_new(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    before = compiled(folder)
    folder.mkdir()
    (folder / "mod.so").touch()
    assert (before, state(folder, before)) == (frozenset(), "cold")


def test_state_is_unknown_when_a_library_keeps_no_cache() -> None:
    assert state(None, compiled(None)) is None
