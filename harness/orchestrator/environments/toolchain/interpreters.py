"""Finds the CPython that an environment is built on: this one, PATH, pyenv, uv or conda."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet

from harness.orchestrator.core.paths import cache_root
from harness.orchestrator.environments.description.environment import InterpreterMissing
from harness.orchestrator.environments.toolchain.clean_subprocess import run_apart

ANSWER_LIMIT_S = 10  # an interpreter answers in 0.05 s; a hanging wrapper must not hang the search

# Run by a candidate, of whatever version: who it is, and what it offers to extension modules.
QUESTION = """
import json, os, platform, sys, sysconfig
include = sysconfig.get_paths()["include"]
print(json.dumps({
    "path": os.path.abspath(getattr(sys, "_base_executable", None) or sys.executable),
    "version": platform.python_version(),
    "implementation": platform.python_implementation(),
    "platform": sysconfig.get_platform(),
    "library_folder": sysconfig.get_config_var("LIBDIR"),
    "headers": os.path.exists(os.path.join(include, "Python.h")),
    "virtual": sys.prefix != getattr(sys, "base_prefix", sys.prefix),
}))
"""

# uv carries no CPython below this, and its network failures cost seconds.
OLDEST_OF_UV = (3, 8)
UV_DOWNLOAD_LIMIT_S = 180

CONDA_ROOTS = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", ".conda")


@dataclass(frozen=True)
class Interpreter:
    """A real CPython that has answered."""

    path: str
    version: str
    found: str  # where: this process, PATH, pyenv, uv or conda
    platform: str
    library_folder: str | None
    headers: bool

    @property
    def minor(self) -> str:
        """3.6 of 3.6.15."""
        return ".".join(self.version.split(".")[:2])

    def as_record(self) -> dict[str, Any]:
        """For the info file and the records."""
        return asdict(self)


def find_interpreter(python: Sequence[str], download: bool = True) -> Interpreter:
    """The first interpreter that fits one of the specifiers `python`, tried in order.

    Args: download: whether uv may fetch one into the cache when none is installed.
    Raises: InterpreterMissing.
    """
    wanted = [SpecifierSet(specifier) for specifier in python]
    ways = [_installed, _fetch_with_uv] if download else [_installed]
    for way in ways:
        for specifier in wanted:
            interpreter = way(specifier)
            if interpreter is not None:
                return interpreter
    raise InterpreterMissing(" or ".join(map(_readable, wanted)), command_for(wanted[0]))


def _installed(wanted: SpecifierSet) -> Interpreter | None:
    """The first candidate that runs and fits."""
    asked: set[str] = set()
    for found, candidate in candidates(wanted):
        real = os.path.realpath(candidate)
        if real not in asked:
            asked.add(real)
            interpreter = ask(candidate, found)
            if interpreter is not None and interpreter.version in wanted:
                return interpreter
    return None


def ask(executable: Path | str, found: str) -> Interpreter | None:
    """Who `executable` says it is; None if it does not run, is no CPython or is itself a virtual environment."""
    command = [str(executable), "-I", "-S", "-c", QUESTION]
    try:
        answer = run_apart(command, ANSWER_LIMIT_S)
        answer.check_returncode()
        fields = json.loads(answer.stdout)
        is_virtual = fields.pop("virtual") and fields["path"] == str(executable)
        if fields.pop("implementation") != "CPython" or is_virtual:
            return None
        return Interpreter(found=found, **fields)
    except (OSError, subprocess.SubprocessError, ValueError, TypeError, KeyError):
        return None


def candidates(wanted: SpecifierSet) -> Iterator[tuple[str, Path]]:
    """(where found, executable) of everything that may fit, best first."""
    yield "this process", Path(getattr(sys, "_base_executable", None) or sys.executable)
    minors = fitting_minors(wanted)
    for source, listing in (("PATH", _on_path), ("pyenv", _of_pyenv), ("uv", _of_uv), ("conda", _of_conda)):
        for executable in listing(minors):
            yield source, executable


def fitting_minors(wanted: SpecifierSet) -> list[str]:
    """The CPython series that can fit, newest first."""
    series = [f"3.{minor}" for minor in range(30, 4, -1)]
    return [name for name in series if any(f"{name}.{patch}" in wanted for patch in range(40))]


def _on_path(minors: list[str]) -> Iterator[Path]:
    names = [f"python{minor}" for minor in minors] + ["python3", "python"]
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    return _executables(folder / name for name in names for folder in folders)


def _of_pyenv(minors: list[str]) -> Iterator[Path]:
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    return _newest(root / "versions", "*/bin", minors)


def _of_uv(minors: list[str]) -> Iterator[Path]:
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    folders = [os.environ.get("UV_PYTHON_INSTALL_DIR"), data / "uv" / "python", _fetched_folder()]
    for folder in folders:
        if folder:
            yield from _newest(Path(folder), "*/bin", minors)


def _of_conda(minors: list[str]) -> Iterator[Path]:
    for prefix in _conda_prefixes():
        yield from _newest(prefix, "bin", minors)
        yield from _newest(prefix / "envs", "*/bin", minors)


def _conda_prefixes() -> list[Path]:
    """Every conda installation and environment that is named anywhere."""
    named = [os.environ.get(name) for name in ("CONDA_PREFIX", "CONDA_ROOT", "MAMBA_ROOT_PREFIX")]
    prefixes = [Path(name) for name in named if name]
    if os.environ.get("CONDA_EXE"):
        prefixes.append(Path(os.environ["CONDA_EXE"]).parents[1])
    prefixes += [base / name for base in (Path.home(), Path("/opt")) for name in (*CONDA_ROOTS, "conda")]
    try:
        lines = (Path.home() / ".conda" / "environments.txt").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    return prefixes + [Path(line) for line in lines if line]


def _newest(folder: Path, pattern: str, minors: list[str]) -> Iterator[Path]:
    """`python3.N` in the subfolders that match, the newest first."""
    for minor in minors:
        yield from sorted(_executables(folder.glob(f"{pattern}/python{minor}")), key=_numbers, reverse=True)


def _numbers(path: Path) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", str(path))]


def _executables(paths: Iterator[Path]) -> Iterator[Path]:
    return (path for path in paths if os.access(path, os.X_OK) and path.is_file())


def _fetched_folder() -> Path:
    """Where the interpreters are that uv downloaded for us, separate from the user's own."""
    return cache_root() / "interpreters"


def _fetch_with_uv(wanted: SpecifierSet) -> Interpreter | None:
    """Lets uv install the newest fitting CPython into the cache; None if it has none or there is no network."""
    from uv import find_uv_bin

    minors = [name for name in fitting_minors(wanted) if tuple(map(int, name.split("."))) >= OLDEST_OF_UV]
    if not minors:
        return None
    minor = next((name for name in minors if name == f"3.{sys.version_info.minor}"), minors[-1])
    command = [find_uv_bin(), "python", "install", minor, "--no-bin", "--install-dir", str(_fetched_folder())]
    # One attempt: retries of a name that does not resolve cost nine seconds.
    once = {"UV_HTTP_RETRIES": "0", "UV_HTTP_TIMEOUT": "10"}
    try:
        run_apart(command, UV_DOWNLOAD_LIMIT_S, once).check_returncode()
    except (OSError, subprocess.SubprocessError):
        return None
    answers = (ask(path, "uv") for path in _newest(_fetched_folder(), "*/bin", [minor]))
    return next((answer for answer in answers if answer is not None and answer.version in wanted), None)


def command_for(wanted: SpecifierSet) -> str:
    """The one command that gets a fitting interpreter with the tools that are here."""
    from uv import find_uv_bin

    minor = fitting_minors(wanted)[-1]
    if shutil.which("pyenv") or (Path.home() / ".pyenv" / "bin" / "pyenv").exists():
        return f"pyenv install {minor}"
    for tool in ("conda", "mamba", "micromamba"):
        if shutil.which(tool):
            return f"{tool} create --yes --name python{minor} python={minor}"
    if tuple(map(int, minor.split("."))) >= OLDEST_OF_UV:
        return f"{shutil.which('uv') or find_uv_bin()} python install {minor}"
    return f"curl -fsSL https://pyenv.run | bash && ~/.pyenv/bin/pyenv install {minor}"


def _readable(wanted: SpecifierSet) -> str:
    """3.6 of ==3.6.*; anything else as it is written."""
    return re.sub(r"^==([\d.]+)\.\*$", r"\1", str(wanted))
