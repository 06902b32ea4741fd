"""Packages beside an environment are installed once for each lock, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.orchestrator.environments import extra_packages
from harness.orchestrator.environments.description.environment import InstallFailed

ENVIRONMENT = SimpleNamespace(backend="cntk", digest="d1", python=Path("python"))


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "requirements.lock"
    file.write_text("one==1")
    return file


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that are installed into; the first installation breaks down half-way."""
    targets: list[Path] = []

    def install(python: Path, lock: Path, target: Path) -> None:
        targets.append(target)
        target.mkdir(exist_ok=True)
        (target / "one.py").write_text("")
        if len(targets) == 1:
            raise InstallFailed("no network")

    monkeypatch.setattr(extra_packages, "install_beside", install)
    return targets


def test_additions_are_installed_once_and_never_half(lock: Path, installs: list[Path]) -> None:
    with pytest.raises(InstallFailed):
        extra_packages.installed(lock, ENVIRONMENT)
    folder = extra_packages.installed(lock, ENVIRONMENT)
    assert folder == extra_packages.installed(lock, ENVIRONMENT)
    assert (folder / "one.py").exists()
    assert len(installs) == 2
    assert folder not in installs


def test_another_lock_or_environment_has_a_folder_of_its_own(lock: Path, installs: list[Path]) -> None:
    installs.append(Path())  # none breaks down
    first = extra_packages.installed(lock, ENVIRONMENT)
    rebuilt = extra_packages.installed(lock, SimpleNamespace(**{**vars(ENVIRONMENT), "digest": "d2"}))
    lock.write_text("one==2")
    assert len({first, rebuilt, extra_packages.installed(lock, ENVIRONMENT)}) == 3
