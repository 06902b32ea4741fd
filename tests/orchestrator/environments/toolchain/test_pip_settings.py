"""Where pip is told to look for packages, uv looks too: pip's files and variables, in pip's order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.orchestrator.environments.toolchain.clean_subprocess import clean_environment
from harness.orchestrator.environments.toolchain.pip_settings import pip_settings, uv_options, uv_variables

NO_FILES = {"PIP_CONFIG_FILE": os.devnull}


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """Variables of a user whose files say different things."""
    write(tmp_path / "xdg/pip/pip.conf", "[global]\nindex-url = https://machine/simple\ntrusted-host = a b\n")
    write(tmp_path / ".config/pip/pip.conf", "[global]\nindex_url = https://user/simple\nno-index = false\n")
    return {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "xdg")}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_variables_of_pip_become_those_of_uv(tmp_path: Path) -> None:
    source = {
        **NO_FILES,
        "PIP_INDEX_URL": "https://a/simple",
        "PIP_EXTRA_INDEX_URL": "https://b/simple\nhttps://c/simple",
        "PIP_FIND_LINKS": f"{tmp_path} {tmp_path / 'gone'} https://c/links",
        "PIP_TRUSTED_HOST": "d",
        "PIP_CERT": "/certificates.pem",
        "PIP_PROXY": "http://proxy:3128",
    }
    assert clean_environment(source) == {
        "UV_DEFAULT_INDEX": "https://a/simple",
        "UV_INDEX": "https://b/simple https://c/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": f"{tmp_path},https://c/links",
        "UV_INSECURE_HOST": "d",
        "SSL_CERT_FILE": "/certificates.pem",
        "ALL_PROXY": "http://proxy:3128",
    }


def test_what_uv_is_told_itself_counts_more() -> None:
    source = {**NO_FILES, "PIP_INDEX_URL": "https://a/simple", "UV_INDEX_URL": "own"}
    assert clean_environment(source) == {"UV_INDEX_URL": "own"}
    assert uv_variables({**NO_FILES, "PIP_PROXY": "p", "HTTPS_PROXY": "own"}) == {}


def test_files_are_read_in_the_order_of_pip(home: dict[str, str], tmp_path: Path) -> None:
    assert uv_variables(home)["UV_DEFAULT_INDEX"] == "https://user/simple"
    assert uv_variables(home)["UV_INSECURE_HOST"] == "a b"
    write(tmp_path / "own.conf", "[install]\nindex-url = https://command/simple\n")
    named = home | {"PIP_CONFIG_FILE": str(tmp_path / "own.conf")}
    assert uv_variables(named)["UV_DEFAULT_INDEX"] == "https://command/simple"
    assert uv_variables(named | {"PIP_INDEX_URL": "https://b"})["UV_DEFAULT_INDEX"] == "https://b"


def test_settings_are_those_that_pip_itself_finds(home: dict[str, str]) -> None:
    """pip decides what its files say: `pip config list`, which the interpreter's own pip answers."""
    command = [getattr(sys, "_base_executable", sys.executable), "-m", "pip", "config", "list"]
    answer = subprocess.run(
        command, capture_output=True, text=True, check=False, env=home | {"PATH": os.environ["PATH"]}
    )
    if answer.returncode:
        pytest.skip("the interpreter has no pip")
    said = dict(line.split("=", 1) for line in answer.stdout.splitlines())
    found = pip_settings(home)
    assert {name: said[f"global.{name}"].strip("'") for name in ("index-url", "trusted-host", "no-index")} == {
        name: found[name] for name in ("index-url", "trusted-host", "no-index")
    }


def test_no_index_becomes_an_option() -> None:
    assert uv_options(NO_FILES | {"PIP_NO_INDEX": "1"}) == ["--no-index"]
    assert uv_options(NO_FILES | {"PIP_NO_INDEX": "0"}) == []


def test_file_that_pip_cannot_read_says_nothing(home: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path / ".config/pip/pip.conf", "index-url = https://lost/simple\n")
    assert uv_variables(home)["UV_DEFAULT_INDEX"] == "https://machine/simple"
