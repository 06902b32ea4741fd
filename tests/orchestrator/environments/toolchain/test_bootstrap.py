"""The harness's own installation: uv first, pip where uv fails, and one sentence where both do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.orchestrator.environments.toolchain import bootstrap

LOCK = """annotated==1 \\
    --hash=sha256:aa
uv==0.5 ; python_version > "3" \\
    --hash=sha256:bb \\
    --hash=sha256:cc
uvx==2 \\
    --hash=sha256:dd
"""


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Commands that would run; those with a word of `failing` fail."""
    asked: list[list[str]] = []

    def run(command: list[str], environ: dict[str, str] | None) -> None:
        asked.append(command)
        if any(word in command for word in failing):
            raise bootstrap.Failed("it ended with exit code 1")

    failing: list[str] = []
    monkeypatch.setattr(bootstrap, "run", run)
    monkeypatch.setattr(bootstrap, "failing", failing, raising=False)
    return asked


def test_requirement_of_one_package_is_found_with_all_its_hashes() -> None:
    assert bootstrap.locked("uv", LOCK).splitlines() == LOCK.splitlines()[2:5]


def test_uv_that_is_there_is_not_fetched_again(commands: list[list[str]]) -> None:
    assert bootstrap.main() == 0
    assert [Path(command[0]).name for command in commands] == ["uv", "uv"]
    assert "--require-hashes" in commands[0]
    assert "--editable" in commands[1]


def test_uv_is_fetched_by_pip_with_its_hash(commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "is_installed", lambda name, requirement: False)
    assert bootstrap.main() == 0
    assert "--require-hashes" in commands[-3]
    assert "pip" in commands[-3]


def test_pip_installs_everything_where_uv_fails(commands, capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.failing.append("sync")
    assert bootstrap.main() == 0
    assert str(bootstrap.LOCK) in commands[-2]
    assert "--editable" in commands[-1]
    assert "uv did not install the harness: it ended with exit code 1." in capsys.readouterr().err


def test_failure_of_both_is_one_sentence_and_an_exit_code(commands, capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.failing.extend(["sync", "install"])
    assert bootstrap.main() == 5
    assert "Expected every package of requirements.lock" in capsys.readouterr().err


def test_pip_is_not_tried_twice_where_it_cannot_fetch_uv(commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "is_installed", lambda name, requirement: False)
    bootstrap.failing.append("install")
    assert bootstrap.main() == 5
    assert sum("--require-hashes" in command for command in commands) == 1


def test_it_needs_no_package_of_the_harness() -> None:
    """It runs before anything is installed: -S leaves the interpreter without site-packages."""
    command = [sys.executable, "-S", "-c", f"import {bootstrap.__name__}"]
    subprocess.run(command, check=True, cwd=bootstrap.ROOT, env={"PATH": os.environ["PATH"]})


def test_program_that_fails_is_named() -> None:
    with pytest.raises(bootstrap.Failed, match="ended with exit code 3"):
        bootstrap.run([sys.executable, "-c", "raise SystemExit(3)"], None)
    with pytest.raises(bootstrap.Failed, match="/nowhere/uv does not start"):
        bootstrap.run(["/nowhere/uv"], None)
