"""`harness doctor` and `harness env` say what is there, what is missing and what to do; and never break."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.orchestrator.cli.doctor import doctor_command
from harness.orchestrator.cli.env import env_group
from harness.orchestrator.core.errors import ConfigError, ProvisioningError
from harness.orchestrator.environments import doctor, status
from harness.orchestrator.environments.description import specification
from harness.orchestrator.environments.description.specification import FOLDER, known_backends


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def invoke(*arguments: str) -> Result:
    command = doctor_command if arguments[0] == "doctor" else env_group
    return CliRunner().invoke(command, list(arguments[1:]))


def test_doctor_names_the_command_for_what_is_not_built() -> None:
    result = invoke("doctor", "numpy")
    assert result.exit_code == 1
    assert "numpy: not built yet\n    harness env build numpy" in result.output
    assert "this process" in result.output


def test_doctor_is_content_after_the_build_and_prints_versions() -> None:
    assert invoke("env", "build", "numpy").exit_code == 0
    result = invoke("doctor", "numpy")
    assert result.exit_code == 0, result.output
    assert "python 3." in result.output
    assert ", numpy 2." in result.output
    assert "1 of 1 backends work." in result.output


def test_doctor_finds_a_framework_that_no_longer_imports(cache: Path) -> None:
    invoke("env", "build", "numpy")
    (module,) = cache.glob("environments/numpy-*/lib/python3.*/site-packages/numpy/__init__.py")
    module.unlink()
    module.write_text("raise ImportError('bad sector')", encoding="utf-8")
    result = invoke("doctor", "numpy")
    assert result.exit_code == 1
    assert "`import numpy` failed (exit code 1): ImportError: bad sector" in result.output
    assert "harness env remove numpy && harness env build numpy" in result.output


def test_doctor_says_why_a_device_cannot_be_had() -> None:
    result = invoke("doctor", "theano", "--device", "gpu")
    assert result.exit_code == 1
    assert "theano: Theano 1.0.5 computes on GPUs through libgpuarray" in result.output


def test_doctor_survives_a_cache_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "file"))
    result = invoke("doctor", "numpy")
    assert result.exit_code == 1
    assert "Set HARNESS_CACHE to a folder that can" in result.output


@pytest.mark.parametrize("damage", ["syntax", "key", "lock"])
def test_doctor_reports_a_broken_file_and_examines_the_others(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "configs"
    folder.mkdir()
    for name in ("numpy.toml", "numpy.lock"):
        (folder / name).write_text((FOLDER / name).read_text(encoding="utf-8"), encoding="utf-8")
    text = (folder / "numpy.toml").read_text(encoding="utf-8")
    changed = {"syntax": "[[", "key": "pyhton = 1\n" + text, "lock": text.replace("numpy.lock", "gone.lock")}
    (folder / "broken.toml").write_text(changed[damage], encoding="utf-8")
    broken, numpy = doctor.examine_all([], "cpu", folder)
    assert broken.problem
    assert (numpy.problem, numpy.remedy) == ("not built yet", "harness env build numpy")


def test_examination_of_a_missing_compiler_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_compiler", lambda language: None)
    check = doctor.examine("theano", "gpu")
    assert check.compilers == {"c++ compiler": None}


@pytest.mark.parametrize("arguments", [("doctor", "teano"), ("env", "build", "numpy,teano"), ("env", "list", "teano")])
def test_unknown_backend_is_a_config_error_with_the_nearest(arguments: tuple[str, ...]) -> None:
    result = invoke(*arguments)
    assert isinstance(result.exception, ConfigError)
    assert str(result.exception).endswith("Received backend='teano'. Did you mean theano?")


@pytest.mark.parametrize("arguments", [("doctor",), ("env", "build"), ("env", "list"), ("env", "remove")])
def test_unknown_device_is_a_config_error(arguments: tuple[str, ...]) -> None:
    assert isinstance(invoke(*arguments, "numpy", "--device", "tpu").exception, ConfigError)


def test_list_shows_every_backend_and_follows_its_state() -> None:
    output = invoke("env", "list").output
    assert all(name in output for name in known_backends())
    assert "not built" in invoke("env", "list", "numpy").output
    invoke("env", "build", "numpy")
    assert "ready" in invoke("env", "list", "numpy").output
    (state,) = [status.assess("numpy", "cpu")]
    assert state.environment is not None
    state.environment.python.unlink()
    assert "outdated" in invoke("env", "list", "numpy").output
    assert "unavailable" in invoke("env", "list", "numpy", "--device", "gpu").output


def test_build_prints_each_step_and_the_outcome_where_there_is_no_terminal() -> None:
    lines = invoke("env", "build", "numpy").output.splitlines()
    assert "numpy: installing packages" in lines
    assert lines[-1].startswith("numpy: ready (python 3.")


def test_build_of_what_cannot_be_built_fails_after_the_others_were_built() -> None:
    result = invoke("env", "build", "numpy,cntk", "--device", "gpu")
    assert isinstance(result.exception, ProvisioningError)
    assert str(result.exception) == "No environment for numpy, cntk; the reasons are above."
    assert "numpy: NumPy computes on the CPU only" in result.output


def test_remove_says_what_it_freed() -> None:
    invoke("env", "build", "numpy")
    assert invoke("env", "remove", "numpy").output.startswith("Freed ")
    assert "Freed 0 bytes" in invoke("env", "remove", "numpy").output
    assert "not built" in invoke("env", "list", "numpy").output


def test_known_backends_are_the_files_and_nothing_else() -> None:
    assert specification.known_backends() == sorted(path.stem for path in FOLDER.glob("*.toml"))
