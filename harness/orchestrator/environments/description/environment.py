"""A backend's environment as the rest of the orchestrator sees it: ready, or unavailable with a reason."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.orchestrator.core.errors import ConfigError, ProvisioningError
from harness.orchestrator.environments.description.specification import Condition, Specification
from harness.orchestrator.monitoring.processor import Processor, processor

# The pools that libraries read when they load; a profile may give them other values.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS")


class Obstacle(ProvisioningError):
    """Something is missing on this machine; the message is a sentence without full stop."""

    def __init__(self, reason: str, remedy: str | None = None) -> None:
        self.remedy = remedy
        super().__init__(reason)


class InterpreterMissing(Obstacle):
    """No interpreter fits. The message names the command that gets one, so `remedy` does not."""

    def __init__(self, requirement: str, command: str) -> None:
        self.requirement = requirement
        self.command = command
        super().__init__(f"needs CPython {requirement}; get it with `{command}`")


class ToolMissing(Obstacle):
    """A compiler or the interpreter's headers are missing."""


class LibraryMissing(Obstacle):
    """A native library is neither here nor can be made."""


class InstallFailed(Obstacle):
    """uv refused or failed."""


@dataclass(frozen=True)
class Unavailable:
    """A backend that cannot run here."""

    backend: str
    device: str
    reason: str  # one sentence without full stop
    remedy: str | None = None  # one command, where there is one


@dataclass(frozen=True)
class Environment:
    """A built and verified environment."""

    backend: str
    device: str  # cpu or gpu
    path: Path
    python: Path
    digest: str
    versions: Mapping[str, str]  # python, the framework, numpy
    specification: Specification
    info: Mapping[str, Any] = field(default_factory=dict)  # what the build wrote down

    def variables(self, profile: str, threads: int, workload: str | None = None, **_context: object) -> dict[str, str]:
        """The environment variables a worker needs for one case."""
        chosen = self.specification.profile.get(profile)  # type: ignore[call-overload]
        if chosen is None:
            known = ", ".join(sorted(self.specification.profile))
            raise ConfigError(f"Unknown profile. Expected one of {known}. Received profile={profile!r}.")
        merged = dict.fromkeys(THREAD_VARIABLES, "{threads}")
        merged |= self.specification.variables | chosen.variables
        for rule in chosen.rule:
            if applies(rule.when, processor(), workload, threads):
                merged |= rule.variables
        written = {name: self.written(text, threads) for name, text in merged.items()}
        folders = self.info.get("library_folders", [])
        return written | ({"LD_LIBRARY_PATH": ":".join(folders)} if folders else {})

    def written(self, text: str, threads: int) -> str:
        """`text` with its placeholders filled."""
        native = [entry["substitutes"] for entry in self.info.get("native", [])]
        found = {name: value for substitutes in native for name, value in substitutes.items()}
        return text.format(**{"blas": "", "path": str(self.path), "threads": str(threads)} | found)

    @property
    def compile_cache(self) -> Path | None:
        """The folder in which the library keeps code that it compiled, if it keeps any."""
        relative = self.specification.compile_cache
        return None if relative is None else self.path / relative

    def clear_compile_cache(self) -> None:
        """Makes the next compilation a cold one."""
        if self.compile_cache is not None:
            shutil.rmtree(self.compile_cache, ignore_errors=True)

    @property
    def identity(self) -> dict[str, Any]:
        """What a record says about the environment; two runs with the same digest had the same one."""
        kept = ("interpreter", "packages", "native", "platform", "recipe", "lock_sha256", "facts")
        return {
            "digest": self.digest,
            "device": self.device,
            "versions": dict(self.versions),
            **{key: self.info[key] for key in kept if key in self.info},
        }


def applies(condition: Condition, cpu: Processor, workload: str | None, threads: int) -> bool:
    """Whether every part of `condition` that is given holds."""
    return (
        condition.vendor in (None, cpu.vendor)
        and cpu.flags.issuperset(condition.cpu_flags)
        and (not condition.workload or workload in condition.workload)
        and (condition.max_threads is None or threads <= condition.max_threads)
    )
