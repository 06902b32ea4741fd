"""Proves that an environment works: starts it, imports the framework, compares versions."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from harness.orchestrator.core.errors import ProvisioningError
from harness.orchestrator.environments.description.specification import Probe
from harness.orchestrator.environments.toolchain.clean_subprocess import run_apart

IMPORT_LIMIT_S = 300  # the first import of a framework on a slow disk; a check may compile besides
START_LIMIT_S = 30

MARK = "harness-probe: "  # frameworks print on their own; the answer is the line that begins so

# Python 3.6 syntax: run by the environment's interpreter.
SCRIPT = """
import importlib, json, platform, sys
module = importlib.import_module(sys.argv[1])
facts = {}
exec(sys.argv[2], {"module": module, "facts": facts})
versions = {"python": platform.python_version(), sys.argv[1]: str(module.__version__)}
numpy = importlib.import_module("numpy")
versions["numpy"] = numpy.__version__
sys.stdout.flush()
print("\\n" + sys.argv[3] + json.dumps({"versions": versions, "facts": facts}), flush=True)
"""


@dataclass(frozen=True)
class Answer:
    """What an environment said about itself."""

    versions: dict[str, str]
    facts: dict[str, str]


class NotVerified(ProvisioningError):
    """An environment does not do what its specification says."""


def starts(python: Path, version: str) -> bool:
    """Whether `python` runs and is of this version. Imports nothing, so it is quick."""
    command = [str(python), "-I", "-S", "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"]
    try:
        answer = run_apart(command, START_LIMIT_S)
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.returncode == 0 and answer.stdout.strip() == version


def verify(python: Path, probe: Probe, variables: Mapping[str, str], expected: Mapping[str, str]) -> Answer:
    """Imports the framework for real, runs the probe's check, compares versions.

    Args: expected: of "python" and the probe's module, the version that it must have.
    Raises: NotVerified.
    """
    command = [str(python), "-I", "-c", SCRIPT, probe.module, probe.check, MARK]
    try:
        result = run_apart(command, IMPORT_LIMIT_S, variables)
    except (OSError, subprocess.SubprocessError) as cause:
        raise NotVerified(f"`import {probe.module}` did not run: {cause}") from cause
    answer = _read(result.stdout)
    if result.returncode != 0 or answer is None:
        ending, words = _ending(result.returncode), _last_words(result.stderr)
        raise NotVerified(f"`import {probe.module}` failed ({ending}): {words}")
    for name, version in expected.items():
        if not _same(answer.versions[name], version):
            raise NotVerified(f"{name} is {answer.versions[name]} where the lock says {version}")
    return answer


def _read(output: str) -> Answer | None:
    lines = [line for line in output.splitlines() if line.startswith(MARK)]
    return Answer(**json.loads(lines[-1].removeprefix(MARK))) if lines else None


def _ending(returncode: int) -> str:
    return f"signal {-returncode}" if returncode < 0 else f"exit code {returncode}"


def _last_words(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return re.sub(r"\s+", " ", lines[-1])[:400] if lines else "no message"


def _same(left: str, right: str) -> bool:
    try:
        return Version(left).public == Version(right).public
    except InvalidVersion:
        return left == right


def locked_version(lock: str, distribution: str) -> str | None:
    """The version of `distribution` in the text of a lock, None if it is not in it once."""
    wanted = re.sub(r"[-_.]+", "-", distribution).lower()
    versions = re.findall(rf"^{re.escape(wanted)}==(\S+)", lock, flags=re.MULTILINE | re.IGNORECASE)
    return versions[0] if len(versions) == 1 else None
