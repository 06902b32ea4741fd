"""Copies of the code that runs inside: of a commit and of the checkout, kept by content, each with its byte code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.monitoring import machine
from harness.orchestrator.sessions import revisions

GIT = ["git", "-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
FILES = {
    "harness/__init__.py": "VERSION = 1\n",
    "harness/backends/engines/contract.py": "ENGINE = 1\n",
    "harness/backends/table.txt": "a table\n",
    "harness/workloads/model.py": "MODEL = 1\n",
    "harness/worker/__main__.py": "WORKER = 1\n",
    "configs/environments/numpy.toml": "python = []\n",
    "README.md": "not inside\n",
}


@pytest.fixture
def checkout(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, in place of the harness's own."""
    root = tmp_path / "checkout"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "first"]):
        subprocess.run([*GIT, *arguments], cwd=root, check=True)
    monkeypatch.setattr(revisions, "ROOT", root)
    monkeypatch.setattr(machine, "ROOT", root)
    return root


def contents(folder: Path) -> dict[str, str]:
    """The text of every file of a copy that is no byte code."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {str(path.relative_to(folder)): path.read_text() for path in files}


def environment(python: str = sys.executable, version: str = "3.11") -> SimpleNamespace:
    return SimpleNamespace(python=Path(python), versions={"python": version})


def test_working_copy_and_commit_hold_the_same_code_in_folders_with_equally_long_names(checkout: Path) -> None:
    commit, copy = revisions.checkout("HEAD"), revisions.working_copy()
    assert contents(commit) == contents(copy) == {name: text for name, text in FILES.items() if name != "README.md"}
    assert commit != copy
    assert len(str(commit)) == len(str(copy))
    assert commit.parent == copy.parent


def test_working_copy_is_kept_by_content(checkout: Path) -> None:
    first = revisions.working_copy()
    (checkout / "harness" / "backends" / "engines" / "__pycache__").mkdir()
    (checkout / "harness" / "backends" / "engines" / "__pycache__" / "contract.cpython-311.pyc").touch()
    assert revisions.working_copy() == first
    (checkout / "harness" / "backends" / "engines" / "contract.py").write_text("ENGINE = 2\n")
    second = revisions.working_copy()
    assert contents(second)["harness/backends/engines/contract.py"] == "ENGINE = 2\n"
    assert contents(first)["harness/backends/engines/contract.py"] == "ENGINE = 1\n"
    (checkout / "harness" / "workloads" / "model.py").rename(checkout / "harness" / "workloads" / "other.py")
    assert revisions.working_copy() not in (first, second)


def test_copies_that_nobody_takes_for_a_month_are_removed(checkout: Path) -> None:
    copy, commit = revisions.working_copy(), revisions.checkout("HEAD")
    long_ago = time.time() - revisions.UNUSED_S - 60
    for folder in (copy, commit):
        os.utime(folder, (long_ago, long_ago))
    assert revisions.checkout("HEAD") == commit
    assert commit.is_dir()
    assert not copy.exists()


def test_unknown_revision_is_one_sentence(checkout: Path) -> None:
    with pytest.raises(ConfigError, match="Unknown revision"):
        revisions.checkout("nowhere")


def test_byte_code_of_every_module_is_made_once_for_each_interpreter(checkout: Path) -> None:
    copy = revisions.working_copy()
    revisions.compile_bytecode(copy, environment())
    compiled = sorted(path.name.partition(".")[0] for path in copy.rglob("*.pyc"))
    assert compiled == ["__init__", "__main__", "contract", "model"]
    shutil.rmtree(copy / "harness" / "backends" / "engines" / "__pycache__")
    revisions.compile_bytecode(copy, environment())
    assert len(list(copy.rglob("*.pyc"))) == 3, "it looked again"
    revisions.compile_bytecode(copy, environment(version="3.12"))
    assert len(list(copy.rglob("*.pyc"))) == 4


def test_code_that_does_not_compile_is_left_to_the_worker_to_tell(checkout: Path) -> None:
    (checkout / "harness" / "backends" / "engines" / "contract.py").write_text("ENGINE = \n")
    copy = revisions.working_copy()
    revisions.compile_bytecode(copy, environment())
    assert sorted(path.name.partition(".")[0] for path in copy.rglob("*.pyc")) == ["__init__", "__main__", "model"]
