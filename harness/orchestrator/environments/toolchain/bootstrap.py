"""Installs the harness where this interpreter looks for packages: uv by pip, and by uv everything else in the lock.

Standard library only. make calls it: `.venv/bin/python -m harness.orchestrator.environments.toolchain.bootstrap`.
uv takes an eighth of pip's time (2 s of processor time for the lock, pip 17 s; AMD EPYC). Byte code is made by the
first import of each module: 2 s for those that are imported, 10 s for all.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.orchestrator.environments.toolchain.clean_subprocess import clean_environment
from harness.orchestrator.environments.toolchain.pip_settings import uv_options

ROOT = Path(__file__).resolve().parents[4]
LOCK = ROOT / "requirements.lock"
EDITABLE = ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
NOT_INSTALLED = 5  # exit code, as of every command that lacks what it runs on
INTERRUPTED = 130


class Failed(Exception):
    """A program did not do its part."""


def main() -> int:
    """Install all; the exit code."""
    try:
        install()
    except Failed as failure:
        say(
            f"The harness could not be installed in {sys.prefix}. Expected every package of {LOCK.name} at the package "
            f"index. Received: {failure}, for the reason above. Check the network, or set PIP_INDEX_URL; then run make "
            "setup."
        )
        return NOT_INSTALLED
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def install() -> None:
    """Install with uv, else with pip, which finds its way through more proxies and more kinds of authentication."""
    fetch_uv()
    try:
        uv(
            "sync", "--require-hashes", "--index-strategy", "unsafe-best-match", str(LOCK)
        )  # any index: there are hashes
        uv("install", *EDITABLE)
    except Failed as failure:
        say(f"uv did not install the harness: {failure}. pip is tried, which takes longer.")
        with_pip(LOCK)
        pip("install", *EDITABLE)


def fetch_uv() -> None:
    """Have the uv of the lock here, from pip."""
    requirement = locked("uv", LOCK.read_text(encoding="utf-8"))
    if not is_installed("uv", requirement):
        with TemporaryDirectory() as folder:
            file = Path(folder) / "uv.txt"
            file.write_text(requirement, encoding="utf-8")
            with_pip(file)


def locked(name: str, lock: str) -> str:
    """The requirement of one package in the text of a lock, with its hashes."""
    return re.search(rf"^{name}==(?:.*\\\n)*.*\n", lock, flags=re.MULTILINE)[0]


def is_installed(name: str, requirement: str) -> bool:
    """Whether the package is there in the version that is required."""
    try:
        return requirement.startswith(f"{name}=={metadata.version(name)} ")
    except metadata.PackageNotFoundError:
        return False


def uv(*arguments: str) -> None:
    """Run `uv pip`, for this interpreter."""
    options = ("--python", sys.executable, *uv_options(os.environ))
    run([str(Path(sys.executable).with_name("uv")), "pip", *arguments, *options, *quiet()], clean_environment())


def with_pip(lock: Path) -> None:
    """Install with pip the files that `lock` names by hash."""
    pip("install", "--no-compile", "--require-hashes", "--requirement", str(lock))


def pip(*arguments: str) -> None:
    """Run pip, for this interpreter: the one below it, since making another here takes three seconds, else one here."""
    command = [getattr(sys, "_base_executable", sys.executable), "-m", "pip", "--python", sys.executable]
    if subprocess.run([*command, "--version"], capture_output=True, check=False).returncode:
        command = [sys.executable, "-m", "pip"]
        run([sys.executable, "-m", "ensurepip"], None)
    run([*command, "--disable-pip-version-check", *arguments, *quiet()], None)


def run(command: list[str], environ: dict[str, str] | None) -> None:
    """Run a command to its end, in sight; raises Failed."""
    try:
        code = subprocess.run(command, env=environ, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
    except OSError as cause:
        raise Failed(f"{command[0]} does not start: {cause.strerror}") from cause
    if code:
        raise Failed(f"{Path(command[0]).name} {' '.join(command[1:4])} ended with exit code {code}")


def quiet() -> tuple[str, ...]:
    """An option for a log, where nobody watches."""
    return () if sys.stderr.isatty() else ("--quiet",)


def say(sentence: str) -> None:
    """A line for the user."""
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
