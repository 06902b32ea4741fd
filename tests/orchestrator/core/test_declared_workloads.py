"""What a workload's module says of itself is all that the outside knows of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.orchestrator.core.declared_workloads import DeclaredWorkload, declared_workloads
from harness.orchestrator.core.paths import WORKLOADS

ONE = "import no_such_module\nWORKLOAD = make(data_kind='images', editions={'a': 1, 'b': 2})\n"


def test_declared_workloads_are_read_without_importing_their_modules(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(ONE)
    (tmp_path / "helper.py").write_text("def f():\n    WORKLOAD = make()\n")
    (tmp_path / "bare.py").write_text("WORKLOAD = make(data_kind=KIND)\n")
    found = declared_workloads(tmp_path)
    assert found == {"one": DeclaredWorkload("images", ["a", "b"]), "bare": DeclaredWorkload(None, [])}


def test_declared_workloads_of_the_2015_table() -> None:
    found = declared_workloads()
    assert set(found) >= {"mnist_mlp", "mnist_cnn", "imdb_lstm", "noop"}
    assert all("2015-12" in workload.editions for workload in found.values())


def test_copied_workload_says_all_that_the_first_one_says(tmp_path: Path) -> None:
    shutil.copy(WORKLOADS / "imdb_lstm.py", tmp_path / "copied.py")
    assert declared_workloads(tmp_path) == {"copied": declared_workloads()["imdb_lstm"]}
