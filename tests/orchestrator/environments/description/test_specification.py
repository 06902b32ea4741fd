"""Environment files: the real ones are sound, and a mistake in one is answered with a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.environments.description.specification import (
    FOLDER,
    Specification,
    kind_of,
    known_backends,
    load,
)

MINIMAL = """
python = ["==3.6.*"]
[cpu]
packages = ["demo==1"]
lock = "demo.lock"
[gpu]
unavailable = "no GPU code"
[probe]
module = "demo"
distribution = { cpu = "demo", gpu = "demo" }
[profile.stock]
[profile.tuned]
"""

LOCKS = sorted(FOLDER.glob("*.lock"))


def written(folder: Path, text: str) -> Path:
    (folder / "demo.toml").write_text(text, encoding="utf-8")
    (folder / "demo.lock").write_text("demo==1 --hash=sha256:00\n", encoding="utf-8")
    return folder


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load("demo", written(folder, text))
    return str(caught.value)


def test_the_four_backends_of_the_table_have_environments() -> None:
    assert {"numpy", "tensorflow", "theano", "cntk"} <= set(known_backends())


@pytest.mark.parametrize("backend", known_backends())
def test_file_is_understood_and_has_its_locks(backend: str) -> None:
    specification = load(backend)
    locks = [p.lock for p in (specification.cpu, specification.gpu) if p.lock]
    assert locks
    assert {"stock", "tuned"} == set(specification.profile)
    assert all((FOLDER / lock).is_file() for lock in locks)


def test_no_lock_lies_about_unused() -> None:
    used = {p.lock for name in known_backends() for p in (load(name).cpu, load(name).gpu)}
    assert {path.name for path in LOCKS} == used - {None}


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_lock_pins_every_package_by_hash_and_names_no_place(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 0
    assert all(re.match(r"[a-z0-9-]+==\S+ ", entry) and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert not re.search(r"(^|\s)(/|--(index|find|extra))", text)


@pytest.mark.parametrize("backend", known_backends())
@pytest.mark.parametrize("device", ["cpu", "gpu"])
def test_lock_satisfies_the_packages_asked_for(backend: str, device: str) -> None:
    specification = load(backend)
    packages = specification.packages(device)
    if packages.lock is None:
        assert packages.unavailable
        return
    lock = specification.lock_text(device)
    for requirement in map(Requirement, packages.packages):
        name = re.escape(re.sub(r"[-_.]+", "-", requirement.name).lower())
        versions = re.findall(rf"^{name}==(\S+)", lock, flags=re.MULTILINE)
        assert versions, requirement
        assert all(version in requirement.specifier for version in versions), requirement


def test_unknown_backend_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"Expected one of cntk, .*Received backend='teano'\. Did you mean theano\?"):
        load("teano")


@pytest.mark.parametrize(
    ("wrong", "right", "expected"),
    [
        ("[cpu]\npakages = []", "[cpu]", "unknown key cpu.pakages. Expected one of lock, needs_nvidia, packages"),
        ("[cpu]\npakages = []", "[cpu]", "Did you mean packages?"),
        ("pyhton = []\n[cpu]", "[cpu]", "unknown key pyhton."),
        ('[profile.tuned]\nvariabels = { A = "1" }', "[profile.tuned]", "Did you mean variables?"),
        (
            '[profile.tuned]\n[[profile.tuned.rule]]\nwhen = { vendro = "x" }\nvariables = {}',
            "[profile.tuned]",
            "Did you mean vendor?",
        ),
        ('[profile.tuned]\n[[native]]\nkind = "blas"\nsymbl = "s"', "[profile.tuned]", "symbol"),
    ],
)
def test_unknown_key_is_answered_with_the_known_ones(tmp_path: Path, wrong: str, right: str, expected: str) -> None:
    assert expected in refusal(tmp_path, MINIMAL.replace(right, wrong))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('["==3.6.*"]', '["three"]', "python: holds something else than version specifiers"),
        ('lock = "demo.lock"', "", "cpu: needs either `lock` or `unavailable`"),
        ('unavailable = "no GPU code"', 'unavailable = "x"\nlock = "demo.lock"', "gpu: needs either"),
        ("[profile.stock]", '[profile.stock.variables]\nA = "{pth}"', "unknown placeholder ['pth']"),
        ("[profile.stock]", "[profile.stoc]", "profile"),
        ('python = ["==3.6.*"]', "python = [", "cannot be read"),
    ],
)
def test_wrong_value_is_refused_with_its_place(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in MINIMAL
    assert expected in refusal(tmp_path, MINIMAL.replace(old, new))


def test_missing_lock_is_named(tmp_path: Path) -> None:
    specification = load("demo", written(tmp_path, MINIMAL))
    (tmp_path / "demo.lock").unlink()
    with pytest.raises(ConfigError, match=r"Lock of backend demo cannot be read\..*demo\.lock"):
        specification.lock_text("cpu")


@pytest.mark.parametrize(("device", "kind"), [("cpu", "cpu"), ("gpu", "gpu"), ("gpu:0", "gpu"), ("gpu:12", "gpu")])
def test_device_has_a_kind(device: str, kind: str) -> None:
    assert kind_of(device) == kind


@pytest.mark.parametrize("device", ["tpu", "cpu:0", "gpu:", "gpu:a", ""])
def test_unknown_device_is_refused(device: str) -> None:
    with pytest.raises(ConfigError, match="Expected cpu, gpu or gpu:N"):
        kind_of(device)


def test_backend_is_found_by_its_file_alone(tmp_path: Path) -> None:
    folder = written(tmp_path, MINIMAL)
    assert known_backends(folder) == ["demo"]
    assert isinstance(load("demo", folder), Specification)
