"""What a record says of the machine that it was made on."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.orchestrator.core.paths import ROOT, cache_root
from harness.orchestrator.sessions.prepared import Missing
from harness.orchestrator.sessions.record_builder import Circumstances, portable


def test_portable_names_folders_instead_of_their_paths() -> None:
    value = {"a": [f"{cache_root()}/x:{ROOT}/y", str(Path.home() / "z")], "b": 1.5, "c": None}
    assert portable(value) == {"a": ["<cache>/x:<checkout>/y", "~/z"], "b": 1.5, "c": None}


@pytest.mark.parametrize("suffix", ["-other", "home", ".bak"])
def test_portable_leaves_folders_whose_names_only_begin_alike(suffix: str) -> None:
    assert portable(f"{ROOT}{suffix}/x") == f"{ROOT}{suffix}/x".replace(f"{Path.home()}/", "~/")


def test_portable_writes_null_for_what_is_not_finite() -> None:
    assert portable({"a": (float("nan"), 2)}) == {"a": [None, 2]}


@pytest.mark.parametrize(("side", "extra"), [(None, 2), ((), 0), (("threads=1",), 0)])
def test_sides_stay_in_step_and_backends_may_warm_up_longer(side: tuple[str, ...] | None, extra: int) -> None:
    nothing = Missing("not needed here")
    request = {"turns": None, "extra_warmup_epochs": 2}
    known = Circumstances(session={}, machine={}, seed=1, environment=nothing, data=nothing, request=request, side=side)
    made = known.interleaved(Path("/tmp/turns")).request
    assert made == {"turns": "/tmp/turns", "extra_warmup_epochs": extra}
    assert request["turns"] is None
