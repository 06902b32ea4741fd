"""People's own Python code in a backend's environment: how it is started, and what it finds in its variables."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import NoReturn

from harness.orchestrator.core.errors import ProvisioningError
from harness.orchestrator.core.paths import SCRIPTS_PATH
from harness.orchestrator.environments.description.environment import THREAD_VARIABLES, Environment

# The user's own are not handed on: each leads an interpreter to packages, or a standard library, of another one.
HOSTILE = ("PYTHONHOME", "PYTHONPATH", "PYTHONPLATLIBDIR")
SHELL = ("-i", "-c", "from harness.worker.scripts.shell import enter; K = enter(); del enter")


def variables(
    environment: Environment, device: str, threads: int, profile: str, inherited: Mapping[str, str]
) -> dict[str, str]:
    """The user's variables, the profile's where the user has none of the name, and those that must be as they are."""
    offered = environment.variables(profile, threads)
    needed = {*THREAD_VARIABLES, *environment.specification.variables, "LD_LIBRARY_PATH"}
    kept = {name: value for name, value in inherited.items() if name not in HOSTILE}
    choice = {"KERAS_BACKEND": environment.backend, "HARNESS_DEVICE": device, "PYTHONPATH": str(SCRIPTS_PATH)}
    return offered | kept | {name: value for name, value in offered.items() if name in needed} | choice


def become_python(environment: Environment, arguments: Sequence[str], variables: Mapping[str, str]) -> NoReturn:
    """Go on as the environment's interpreter: terminal, signals and exit code are then the script's own.

    Raises: ProvisioningError: it does not start.
    """
    command = [str(environment.python), *arguments]
    try:
        os.execve(command[0], command, variables)
    except OSError as cause:
        raise ProvisioningError(f"{command[0]} does not start: {cause.strerror}.") from cause
