"""The machine's description: stable, anonymous, and honest about what may be used."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path

import pytest

from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.monitoring import machine


def test_short_name_is_stable_and_without_host_name() -> None:
    name = machine.short_name(machine.hardware())
    assert name == machine.short_name(machine.hardware())
    assert re.fullmatch(r"[a-z0-9-]+-\d+c-[0-9a-f]{6}", name)
    assert platform.node().lower() not in name


@pytest.mark.parametrize(
    ("cpu", "start"),
    [
        ("Intel(R) Core(TM) i7-4770HQ CPU @ 2.20GHz", "intel-core-i7-4770hq-4c-"),
        ("AMD EPYC 9575F 64-Core Processor", "amd-epyc-9575f-4c-"),
    ],
)
def test_short_name_keeps_what_tells_processors_apart(cpu: str, start: str) -> None:
    fixed = {"cpu": cpu, "architecture": "x86_64", "physical_cores": 4, "logical_cpus": 8}
    assert machine.short_name(fixed).startswith(start)


def test_short_name_does_not_depend_on_what_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    before = machine.short_name(machine.hardware())
    monkeypatch.setattr(machine, "available_cpus", lambda: [0])
    assert machine.short_name(machine.hardware()) == before


@pytest.fixture
def four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight logical CPUs on four cores, numbered as Linux does."""
    monkeypatch.setattr(machine, "available_cpus", lambda: list(range(8)))
    monkeypatch.setattr(machine, "core_of", lambda cpu: ("0", str(cpu % 4)))


def test_threads_are_all_physical_cores_when_none_are_requested(four_cores: None) -> None:
    assert machine.choose_threads(None) == 4


def test_threads_may_be_all_logical_cpus_but_no_more(four_cores: None) -> None:
    assert machine.choose_threads(8) == 8
    with pytest.raises(ConfigError, match="Expected 1 to 8"):
        machine.choose_threads(9)


@pytest.mark.parametrize(("threads", "cpus"), [(1, [0]), (3, [0, 1, 2]), (4, list(range(8))), (6, list(range(8)))])
def test_cpus_are_one_a_core_until_cores_run_out(four_cores: None, threads: int, cpus: list[int]) -> None:
    assert machine.choose_cpus(threads) == cpus


def test_git_state_is_unknown_outside_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert machine.git_state() == {"commit": None, "dirty": None}


def test_git_state_is_dirty_when_sources_change_and_not_when_results_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    environment = {**os.environ, **who}
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "--no-verify", "-m", "first"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True, env=environment)
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "r.json").write_text("{}")
    assert machine.git_state()["dirty"] is False
    (tmp_path / "source.py").write_text("")
    assert machine.git_state()["dirty"] is True
    assert len(machine.git_state()["commit"]) == 40


def test_description_has_no_host_name_and_all_facts() -> None:
    described = machine.describe()
    assert platform.node() not in str({**described, "name": None, "kernel": None})
    assert described["memory_bytes"] > 2**20
    assert 1 <= described["available_cores"] <= described["available_cpus"] <= described["logical_cpus"]
