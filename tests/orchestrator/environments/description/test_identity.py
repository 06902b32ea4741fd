"""The digest changes with everything that makes an environment another one, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.orchestrator.environments.description import identity, location
from harness.orchestrator.environments.description.specification import load
from tests.orchestrator.environments.description.test_specification import MINIMAL, written


def digest(folder: Path, text: str = MINIMAL, device: str = "cpu", python: str = "3.6.15") -> str:
    return identity.digest(load("demo", written(folder, text)), device, python)


def test_digest_is_stable_over_comments_order_and_place(tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    reordered = MINIMAL.replace(
        'packages = ["demo==1"]\nlock = "demo.lock"', 'lock = "demo.lock"\npackages = ["demo==1"]'
    )
    assert reordered != MINIMAL
    assert digest(tmp_path) == digest(other, "# a comment\n" + reordered)


def test_digest_leaves_out_how_conformance_cases_are_computed(tmp_path: Path) -> None:
    interpreted = MINIMAL.replace("[profile.tuned]", '[conformance]\ninterpreted.A = "1"\n\n[profile.tuned]')
    assert load("demo", written(tmp_path, interpreted)).conformance.interpreted == {"A": "1"}
    assert digest(tmp_path) == digest(tmp_path, interpreted)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("==3.6.*", "==3.7.*"),
        ("demo==1", "demo==2"),
        ("[profile.tuned]", '[profile.tuned.variables]\nA = "1"'),
        ('module = "demo"', 'module = "demo"\ncheck = "pass"'),
    ],
)
def test_digest_changes_with_the_file(tmp_path: Path, old: str, new: str) -> None:
    assert digest(tmp_path) != digest(tmp_path, MINIMAL.replace(old, new))


def test_digest_changes_with_interpreter_lock_recipe_and_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {digest(tmp_path), digest(tmp_path, python="3.6.14")}
    specification = load("demo", tmp_path)
    (tmp_path / "demo.lock").write_text("demo==1 --hash=sha256:01\n", encoding="utf-8")
    seen.add(identity.digest(specification, "cpu", "3.6.15"))
    monkeypatch.setattr(identity, "RECIPE", identity.RECIPE + 1)
    seen.add(identity.digest(specification, "cpu", "3.6.15"))
    monkeypatch.setattr(identity, "platform_name", lambda: "Other")
    seen.add(identity.digest(specification, "cpu", "3.6.15"))
    assert len(seen) == 5


def test_location_follows_the_variable_and_is_marked_as_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    path = location.environment_path(location.environment_name("demo", "gpu"), "0123456789abcdef")
    assert path == tmp_path / "cache/environments/demo-gpu-0123456789ab"
    assert (tmp_path / "cache/CACHEDIR.TAG").read_text(encoding="utf-8").startswith("Signature: 8a477f597d28d17")


def test_existing_keeps_cpu_and_gpu_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path))
    for name in ("demo-0123456789ab", "demo-gpu-0123456789ab", "demonstration-0123456789ab"):
        (location.environments_root() / name).mkdir()
    assert [path.name for path in location.existing("demo")] == ["demo-0123456789ab"]
    assert [path.name for path in location.existing("demo-gpu")] == ["demo-gpu-0123456789ab"]


def test_size_leaves_out_shared_files_when_asked(tmp_path: Path) -> None:
    (tmp_path / "own").write_bytes(b"x" * 10_000)
    (tmp_path / "shared").write_bytes(b"x" * 10_000)
    (tmp_path / "also").hardlink_to(tmp_path / "shared")
    own, all_files = location.size_bytes(tmp_path, shared=False), location.size_bytes(tmp_path)
    assert 10_000 <= own < all_files
