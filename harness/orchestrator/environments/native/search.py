"""Looks for shared libraries by name in the places that a loader and an administrator use."""

from __future__ import annotations

import os
import re
import subprocess
from functools import cache
from pathlib import Path

from harness.orchestrator.environments.toolchain.clean_subprocess import clean_environment

# Where OpenMPI is put by its own installation, by distributions and by CNTK's setup instructions.
FOLDERS = (
    "/usr/local/lib",
    "/usr/local/mpi/lib",
    "/usr/local/openmpi/lib",
    "/opt/openmpi/lib",
    "/usr/lib/openmpi/lib",
    "/usr/lib64/openmpi/lib",
    "/usr/lib/x86_64-linux-gnu/openmpi/lib",
    "/usr/lib64",
)


def find_library(name: str) -> Path | None:
    """The file of shared library `name`, e.g. libmpi.so.12, None if it is nowhere."""
    named = [Path(folder) / name for folder in os.environ.get("LD_LIBRARY_PATH", "").split(":") if folder]
    prefix = os.environ.get("CONDA_PREFIX")
    named += [Path(prefix) / "lib" / name] if prefix else []
    cached = _loader_cache().get(name)
    paths = [*named, *([cached] if cached else []), *(Path(folder) / name for folder in FOLDERS)]
    return next((path for path in paths if path.is_file()), None)


def folders_beside(paths: list[Path]) -> list[str]:
    """The folders that the loader has to be told of; a library's own dependencies mostly lie beside it."""
    known = _loader_cache()
    return list(dict.fromkeys(str(path.parent) for path in paths if known.get(path.name) != path))


def loads(interpreter: str, names: list[str], folders: list[str]) -> bool:
    """Whether `interpreter` can load the libraries `names`, with all that they depend on."""
    script = "import ctypes, sys; [ctypes.CDLL(name, ctypes.RTLD_GLOBAL) for name in sys.argv[1:]]"
    environment = clean_environment() | {"LD_LIBRARY_PATH": ":".join(folders)}
    try:
        command = [interpreter, "-I", "-S", "-c", script, *names]
        return subprocess.run(command, capture_output=True, timeout=60, env=environment, check=False).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


@cache
def _loader_cache() -> dict[str, Path]:
    """name -> file of what `ldconfig -p` lists; empty where there is no ldconfig."""
    for command in ("/sbin/ldconfig", "/usr/sbin/ldconfig", "ldconfig"):
        try:
            listing = subprocess.run([command, "-p"], capture_output=True, text=True, timeout=10, check=True).stdout
        except (OSError, subprocess.SubprocessError):
            continue
        found: dict[str, Path] = {}
        for name, path in re.findall(r"^\s*(\S+) \(.*x86-64.*\) => (.+)$", listing, flags=re.MULTILINE):
            found.setdefault(name, Path(path))
        return found
    return {}
