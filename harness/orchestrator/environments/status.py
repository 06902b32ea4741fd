"""What state a backend's environment is in, without changing anything."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harness.orchestrator.core.errors import HarnessError
from harness.orchestrator.environments import build
from harness.orchestrator.environments.description import location
from harness.orchestrator.environments.description.environment import Environment, Obstacle
from harness.orchestrator.environments.description.specification import FOLDER, Specification, kind_of, load
from harness.orchestrator.environments.provision import device_refusal, fitting_interpreter
from harness.orchestrator.environments.toolchain.interpreters import Interpreter

State = Literal["ready", "not built", "outdated", "unavailable"]


@dataclass(frozen=True)
class Assessment:
    """One backend on one device."""

    backend: str
    device: str
    state: State
    environment: Environment | None = None
    interpreter: Interpreter | None = None  # the one that a build would take, or took
    reason: str | None = None  # why it is not ready
    remedy: str | None = None  # the command that helps
    folders: tuple[Path, ...] = ()  # all there are, outdated ones too


@dataclass(frozen=True)
class Variant:
    """An environment of a backend with other versions than those of its file."""

    path: Path
    requirements: tuple[str, ...] = ()  # none if it was not finished
    python: str | None = None


def states_of(backends: Sequence[str], device: str) -> list[tuple[Assessment, list[Variant]]]:
    """The state of each known backend, looked at side by side, and its variants; ConfigError for an unknown device."""
    kind_of(device)
    with ThreadPoolExecutor() as pool:
        return [
            (assessment, variants_of(assessment.backend, device))
            for assessment in pool.map(lambda name: assess(name, device), backends)
        ]


def variants_of(backend: str, device: str) -> list[Variant]:
    """The variants there are of a backend's environment, finished or not."""
    return [_variant(path) for path in location.existing(location.environment_name(backend, kind_of(device), True))]


def _variant(path: Path) -> Variant:
    info = build.read_info(path)
    if info is None:
        return Variant(path)
    return Variant(path, tuple(info.get("requirements", ())), info["interpreter"]["version"])


def assess(backend: str, device: str, folder: Path = FOLDER) -> Assessment:
    """The state of a known backend; whatever is broken becomes the reason of `unavailable`."""
    try:
        return _assess(load(backend, folder), device)
    except Obstacle as obstacle:
        return Assessment(backend, kind_of(device), "unavailable", reason=str(obstacle), remedy=obstacle.remedy)
    except HarnessError as failure:
        return Assessment(backend, kind_of(device), "unavailable", reason=str(failure))


def _assess(specification: Specification, device: str) -> Assessment:
    backend, kind = specification.backend, kind_of(device)
    refusal = device_refusal(specification, device)
    if refusal is not None:
        return Assessment(backend, kind, "unavailable", reason=refusal)
    folders = tuple(location.existing(location.environment_name(backend, kind)))
    environment = build.find_ready(specification, device)
    if environment is not None:
        interpreter = Interpreter(**environment.info["interpreter"])
        return Assessment(backend, kind, "ready", environment, interpreter, folders=folders)
    interpreter = fitting_interpreter(specification, download=False)
    reason = "what is there is of another specification, or does not start" if folders else "not built yet"
    option = "" if kind == "cpu" else f" --device {kind}"
    return Assessment(
        backend,
        kind,
        "outdated" if folders else "not built",
        None,
        interpreter,
        reason,
        f"harness env build {backend}{option}",
        folders,
    )
