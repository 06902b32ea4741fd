"""How processes that build or verify an environment are started: with which variables, and nothing to read."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

# Removed: each of them makes an interpreter, an installer or a library do something else than the specification
# says (another package folder, another target, another number of threads), and so breaks "same digest, same
# environment".
HOSTILE_PREFIXES = (
    "PYTHON",
    "PIP_",
    "UV_",
    "VIRTUAL_ENV",
    "CONDA_",
    "PYENV_VERSION",
    "LD_",
    "LIBRARY_PATH",
    "KERAS_",
    "TF_",
    "XLA_",
    "THEANO",
    "CNTK_",
    "OMP_",
    "MKL_",
    "KMP_",
    "OPENBLAS_",
    "GOTO_",
    "MALLOC_",
)

# Kept: where packages come from and how that place is reached. Every file is checked against the lock's hashes,
# so another index can change how long an installation takes, not what is installed.
KEPT = frozenset(
    {
        "UV_DEFAULT_INDEX",
        "UV_INDEX",
        "UV_INDEX_URL",
        "UV_EXTRA_INDEX_URL",
        "UV_FIND_LINKS",
        "UV_INSECURE_HOST",
        "UV_KEYRING_PROVIDER",
        "UV_NATIVE_TLS",
        "UV_SYSTEM_CERTS",
        "UV_OFFLINE",
        "UV_HTTP_TIMEOUT",
        "UV_CACHE_DIR",
        "UV_CONFIG_FILE",
        "UV_LINK_MODE",
        "UV_PYTHON_INSTALL_MIRROR",
    }
)

# uv reads none of pip's settings; these two say the same thing in both, so a user's settings of pip are respected.
PIP_TO_UV = {
    "PIP_INDEX_URL": ("UV_DEFAULT_INDEX", "UV_INDEX_URL"),
    "PIP_EXTRA_INDEX_URL": ("UV_INDEX", "UV_EXTRA_INDEX_URL"),
}


def clean_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """A copy of `environ` (default: this process's) without hostile variables, with pip's index as uv's."""
    source = os.environ if environ is None else environ
    kept = {name: value for name, value in source.items() if name in KEPT or not name.startswith(HOSTILE_PREFIXES)}
    for pip_name, uv_names in PIP_TO_UV.items():
        if pip_name in source and not any(name in source for name in uv_names):
            kept[uv_names[0]] = source[pip_name]
    if "PIP_FIND_LINKS" in source and "UV_FIND_LINKS" not in source:
        kept["UV_FIND_LINKS"] = ",".join(_reachable(source["PIP_FIND_LINKS"].split()))
    return {name: value for name, value in kept.items() if value}


def run_apart(
    command: list[str], limit_s: float, variables: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs `command` to its end with a clean environment, plus `variables`, and nothing to read.

    Raises: OSError, subprocess.SubprocessError: it did not start, or not end in time.
    """
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=limit_s,
        cwd=cwd,
        env=clean_environment() | dict(variables or {}),
        stdin=subprocess.DEVNULL,
        check=False,
    )


def _reachable(links: list[str]) -> list[str]:
    """Links without the folders that are not there, which pip passes over and uv stops at."""
    return [link for link in links if "://" in link or Path(link).exists()]
