"""Finding interpreters: small scripts play the interpreters, so every search is a real one."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from harness.orchestrator.environments.description.environment import InterpreterMissing
from harness.orchestrator.environments.toolchain import interpreters
from harness.orchestrator.environments.toolchain.clean_subprocess import clean_environment
from harness.orchestrator.environments.toolchain.interpreters import ask, find_interpreter


def fake(path: Path, version: str, **different: object) -> Path:
    """An executable that answers like a CPython of `version`."""
    answer = {
        "path": str(path),
        "version": version,
        "implementation": "CPython",
        "platform": "linux-x86_64",
        "library_folder": None,
        "headers": True,
        "virtual": False,
    }
    return script(path, f"cat <<'END'\n{json.dumps(answer | different)}\nEND")


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without any interpreter but the one that runs the tests, and no way to fetch one."""
    for name in ("CONDA_PREFIX", "CONDA_ROOT", "CONDA_EXE", "MAMBA_ROOT_PREFIX", "XDG_DATA_HOME", "PYENV_ROOT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("UV_PYTHON_INSTALL_DIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr(interpreters, "_fetch_with_uv", lambda wanted: None)
    return tmp_path


def test_own_interpreter_is_taken_when_it_fits() -> None:
    found = find_interpreter([">=3.11"])
    assert found.found == "this process"
    assert found.version == ".".join(map(str, sys.version_info[:3]))
    assert Path(found.path).is_absolute()


def test_path_passes_over_a_shim_that_fails(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(bare_machine / "shims/python3.6", "echo 'pyenv: python3.6: command not found' >&2; exit 127")
    real = fake(bare_machine / "real/python3.6", "3.6.9")
    monkeypatch.setenv("PATH", f"{bare_machine / 'shims'}:{real.parent}:/usr/bin:/bin")
    found = find_interpreter(["==3.6.*"])
    assert (found.path, found.version, found.found) == (str(real), "3.6.9", "PATH")


@pytest.mark.parametrize(
    ("place", "source"),
    [
        (".pyenv/versions/3.6.15/bin", "pyenv"),
        (".local/share/uv/python/cpython-3.6.15-linux/bin", "uv"),
        ("cache/interpreters/cpython-3.6.15-linux/bin", "uv"),
        ("miniconda3/bin", "conda"),
        ("miniforge3/envs/old/bin", "conda"),
    ],
)
def test_usual_places_are_searched(bare_machine: Path, place: str, source: str) -> None:
    real = fake(bare_machine / place / "python3.6", "3.6.15")
    found = find_interpreter(["==3.6.*"])
    assert (found.path, found.found) == (str(real), source)


def test_conda_environments_are_found_by_condas_own_list(bare_machine: Path) -> None:
    real = fake(bare_machine / "far/away/bin/python3.6", "3.6.13")
    (bare_machine / ".conda").mkdir()
    (bare_machine / ".conda/environments.txt").write_text(f"/gone\n{bare_machine / 'far/away'}\n", encoding="utf-8")
    assert find_interpreter(["==3.6.*"]).path == str(real)


def test_newest_patch_of_a_folder_wins(bare_machine: Path) -> None:
    for version in ("3.6.9", "3.6.15", "3.6.2"):
        fake(bare_machine / f".pyenv/versions/{version}/bin/python3.6", version)
    assert find_interpreter(["==3.6.*"]).version == "3.6.15"


def test_preferred_series_wins_over_a_newer_one(bare_machine: Path) -> None:
    fake(bare_machine / "bin/python3.9", "3.9.1")
    fake(bare_machine / ".pyenv/versions/3.8.18/bin/python3.8", "3.8.18")
    assert find_interpreter(["==3.8.*", "==3.9.*"]).version == "3.8.18"
    assert find_interpreter(["==3.7.*", "==3.9.*"]).version == "3.9.1"


@pytest.mark.parametrize(
    "text",
    [
        "exit 1",
        "echo not json",
        "echo '[]'",
        "echo '{}'",
        "kill -SEGV $$",
        "sleep 60",
    ],
)
def test_broken_candidate_is_passed_over(bare_machine: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(interpreters, "ANSWER_LIMIT_S", 1)
    script(bare_machine / "bin/python3.6", text)
    with pytest.raises(InterpreterMissing):
        find_interpreter(["==3.6.*"])


def test_file_that_is_no_program_is_passed_over(bare_machine: Path) -> None:
    (bare_machine / "bin").mkdir()
    (bare_machine / "bin/python3.6").write_text("neither script nor program", encoding="utf-8")
    (bare_machine / "bin/python3.6").chmod(0o755)
    assert ask(bare_machine / "bin/python3.6", "PATH") is None


def test_pypy_and_wrong_versions_do_not_fit(bare_machine: Path) -> None:
    fake(bare_machine / "bin/python3.6", "3.6.9", implementation="PyPy")
    fake(bare_machine / "bin/python3", "3.7.1")
    with pytest.raises(InterpreterMissing):
        find_interpreter(["==3.6.*"])


def test_missing_interpreter_is_answered_with_pyenv_where_there_is_pyenv(bare_machine: Path) -> None:
    script(bare_machine / "bin/pyenv", "exit 0")
    with pytest.raises(InterpreterMissing, match=r"^needs CPython 3\.6; get it with `pyenv install 3\.6`$"):
        find_interpreter(["==3.6.*"])


def test_missing_interpreter_is_answered_with_conda_where_there_is_conda(bare_machine: Path) -> None:
    script(bare_machine / "bin/conda", "exit 0")
    with pytest.raises(InterpreterMissing, match=r"`conda create --yes --name python3\.6 python=3\.6`"):
        find_interpreter(["==3.6.*"])


def test_missing_interpreter_is_answered_with_uv_where_uv_has_it() -> None:
    with pytest.raises(
        InterpreterMissing, match=r"^needs CPython 3\.8 or 3\.9; get it with `.*uv python install 3\.8`$"
    ):
        find_interpreter(["==3.8.*", "==3.9.*"])
    with pytest.raises(InterpreterMissing, match=r"pyenv\.run \| bash && ~/\.pyenv/bin/pyenv install 3\.6`$"):
        find_interpreter(["==3.6.*"])


def test_interpreter_fetched_by_uv_is_the_last_resort(monkeypatch: pytest.MonkeyPatch, bare_machine: Path) -> None:
    fetched = ask(fake(bare_machine / "fetched/python3.9", "3.9.20"), "uv")
    monkeypatch.setattr(interpreters, "_fetch_with_uv", lambda wanted: fetched if "3.9.20" in wanted else None)
    assert find_interpreter(["==3.8.*", "==3.9.*"]) == fetched
    with pytest.raises(InterpreterMissing):
        find_interpreter(["==3.9.*"], download=False)


def test_hostile_variables_do_not_reach_a_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    assert find_interpreter([">=3.11"]).version == ".".join(map(str, sys.version_info[:3]))


def test_clean_environment_removes_what_changes_a_build_and_keeps_the_way_to_the_network() -> None:
    source = {
        "PYTHONPATH": "x",
        "PIP_TARGET": "x",
        "PIP_CONFIG_FILE": os.devnull,
        "UV_PYTHON": "x",
        "LD_PRELOAD": "x",
        "OMP_NUM_THREADS": "9",
        "THEANO_FLAGS": "x",
        "KERAS_BACKEND": "x",
        "VIRTUAL_ENV": "x",
        "HTTPS_PROXY": "p",
        "SSL_CERT_FILE": "c",
        "PATH": "/bin",
        "UV_INDEX": "i",
        "UV_CACHE_DIR": "/c",
        "EMPTY": "",
    }
    assert set(clean_environment(source)) == {"HTTPS_PROXY", "SSL_CERT_FILE", "PATH", "UV_INDEX", "UV_CACHE_DIR"}


def test_environment_of_this_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "x")
    assert "PYTHONPATH" not in clean_environment()
    assert clean_environment()["PATH"] == os.environ["PATH"]
