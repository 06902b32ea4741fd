"""uv, as far as environments need it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.orchestrator.core.errors import ProvisioningError
from harness.orchestrator.core.paths import cache_root
from harness.orchestrator.environments.description.environment import InstallFailed
from harness.orchestrator.environments.toolchain.clean_subprocess import run_apart
from harness.orchestrator.environments.toolchain.pip_settings import uv_options

# Far above the longest installation (gigabytes of CUDA libraries on a slow line); a stuck one must still end.
INSTALL_LIMIT_S = 3600

INTERRUPTED = 130  # exit code of a program that handled Ctrl-C

WHEELS_ONLY = ("--only-binary", ":all:")

NETWORK_SIGNS = re.compile(
    r"dns error|error sending request|connection|timed? ?out|network|fetch|not found in the package registry", re.I
)
INDEX_REMEDY = "export UV_DEFAULT_INDEX=<address of a package index that can be reached from here>"


def make_virtual_environment(path: Path, interpreter: str) -> None:
    """An empty virtual environment at `path`, on the interpreter with this full path."""
    _uv("venv", "--no-project", "--python", interpreter, "--no-python-downloads", str(path))


def install_lock(python: Path, lock: Path) -> None:
    """Installs exactly the files that `lock` names by hash.

    The lock also holds the tools that source packages are built with. The first attempt uses uv's cache alone,
    which needs no network and, when it has everything, no time.
    """
    common = ["--python", str(python), "--require-hashes", "--build-constraints", str(lock)]
    # The best version over all indexes is safe here: only files with the lock's hashes are accepted.
    command = ["pip", "sync", *common, "--index-strategy", "unsafe-best-match", str(lock)]
    try:
        _uv(*command, "--offline")
    except InstallFailed:
        _uv(*command)


def install_beside(python: Path, lock: Path, target: Path) -> None:
    """Installs the files that `lock` names by hash, and nothing that they require, into the folder `target`.

    `build.lock` beside it, if there is one, names the tools that source packages are built with.
    """
    tools = lock.with_name("build.lock")
    constraints = ("--build-constraints", str(tools)) if tools.exists() else ()
    given = ("--python", str(python), "--target", str(target), "--no-deps", "--require-hashes", *constraints)
    _uv("pip", "install", *given, "--index-strategy", "unsafe-best-match", "--requirement", str(lock))


def resolve(packages: Sequence[str], lock: Path, target: Sequence[str], *options: str) -> None:
    """Writes to `lock` the versions, with hashes, that `packages` need; those that it holds already are preferred.

    Args: target: uv's options that name the interpreter. options: more of uv's.
    Raises: InstallFailed; `lock` is then as it was.
    """
    form = ("--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate", "--no-python-downloads")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "requirements.in"
        file.write_text("".join(f"{package}\n" for package in packages), encoding="utf-8")
        _uv("pip", "compile", *form, *target, *options, "--output-file", str(lock), str(file))


def installed_packages(python: Path) -> dict[str, str]:
    """name -> version of everything in the environment of `python`."""
    listing = json.loads(_uv("pip", "list", "--python", str(python), "--format", "json"))
    return {entry["name"].lower(): entry["version"] for entry in listing}


def _uv(*arguments: str) -> str:
    """The output of uv, run where no project's settings reach it; raises InstallFailed with its last words."""
    from uv import find_uv_bin

    try:
        command = [find_uv_bin(), "--quiet", "--color", "never", *arguments, *_of_indexes(arguments)]
        result = run_apart(command, INSTALL_LIMIT_S, cwd=cache_root())
    except (OSError, subprocess.SubprocessError) as cause:
        raise InstallFailed(f"uv {arguments[0]} did not run: {cause}") from cause
    if result.returncode in (-signal.SIGINT, INTERRUPTED):
        raise ProvisioningError("interrupted")  # no InstallFailed, so that nobody tries again
    if result.returncode != 0:
        raise _failure(arguments, result.stderr)
    return result.stdout


def _of_indexes(arguments: Sequence[str]) -> Sequence[str]:
    """What pip's settings add to a command of uv that looks for packages."""
    return uv_options(os.environ) if arguments[0] == "pip" and arguments[1] != "list" else ()


def _failure(arguments: tuple[str, ...], words: str) -> InstallFailed:
    """An InstallFailed whose message is what uv said, on one line."""
    said = re.sub(r"^\W*(error:|cause:)?|\s+", " ", words, flags=re.MULTILINE)
    said = re.sub(r"\s+", " ", said).strip() or "no message"
    remedy = INDEX_REMEDY if NETWORK_SIGNS.search(said) else None
    return InstallFailed(f"uv {' '.join(arguments[:2])} failed: {said[:400]}", remedy)
