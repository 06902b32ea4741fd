"""How processes that build or verify an environment are started: with which variables, and nothing to read."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from harness.orchestrator.environments.toolchain.pip_settings import uv_variables

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
        "UV_INDEX_STRATEGY",
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


def clean_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """A copy of `environ` (default: this process's) without hostile variables, with pip's settings as uv's."""
    source = os.environ if environ is None else environ
    kept = {name: value for name, value in source.items() if name in KEPT or not name.startswith(HOSTILE_PREFIXES)}
    return {name: value for name, value in (uv_variables(source) | kept).items() if value}


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
