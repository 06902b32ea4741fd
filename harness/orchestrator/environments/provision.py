"""Gives every backend its environment, or the reason why it has none."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

from filelock import FileLock, Timeout
from packaging.requirements import Requirement

from harness.orchestrator.core.errors import ProvisioningError
from harness.orchestrator.environments import build
from harness.orchestrator.environments.description import location
from harness.orchestrator.environments.description.environment import Environment, Obstacle, ToolMissing, Unavailable
from harness.orchestrator.environments.description.specification import FOLDER, Specification, kind_of, load
from harness.orchestrator.environments.toolchain.compilers import compiler_remedy, find_compiler
from harness.orchestrator.environments.toolchain.interpreters import Interpreter, find_interpreter
from harness.orchestrator.environments.variants import variants
from harness.orchestrator.monitoring.telemetry import gpus

Progress = Callable[[str, str], None]

_building: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)  # one for each name, in this process


def ensure(
    backends: Sequence[str], device: str, progress: Progress | None = None, folder: Path = FOLDER
) -> dict[str, Environment | Unavailable]:
    """For each backend a ready environment, built if need be, or why there is none; one's failure stops no other.

    Args: device: cpu, gpu or gpu:N. progress: called with (backend, what happens now), from several threads.
    Raises: ConfigError for an unknown backend or device, before anything is built.
    """
    specifications = [load(backend, folder) for backend in dict.fromkeys(backends)]
    kind_of(device)
    say = progress or (lambda _backend, _message: None)
    with ThreadPoolExecutor(max_workers=max(1, len(specifications))) as pool:
        results = pool.map(lambda specification: provide(specification, device, say), specifications)
        return {result.backend: result for result in results}


def ensure_variant(
    backend: str, device: str, requirements: Sequence[str], progress: Progress | None = None, folder: Path = FOLDER
) -> Environment | Unavailable:
    """A ready environment with other versions of packages, built if need be, or why there is none.

    Args: requirements: such as tensorflow==2.20; without any, it is the backend's own environment.
    Raises: ConfigError for an unknown backend or device, or an invalid requirement.
    """
    specification = load(backend, folder)
    wanted = variants.parsed(requirements)
    say = progress or (lambda _backend, _message: None)
    return provide(specification, device, say, wanted)


def requirements_of(backend: str, requirements: Sequence[str], folder: Path = FOLDER) -> list[str]:
    """Those of the requirements that make another environment for a backend."""
    specification = load(backend, folder)
    return [requirement for requirement in requirements if variants.touches(specification, requirement)]


def provide(
    specification: Specification, device: str, say: Progress, requirements: Sequence[Requirement] = ()
) -> Environment | Unavailable:
    """The environment of one backend, with other versions of what `requirements` name, or why there is none."""
    backend = specification.backend
    refusal = device_refusal(specification, device)
    if refusal is not None:
        return Unavailable(backend, kind_of(device), refusal)
    try:
        wanted = variants.variant(specification, device, requirements, lambda message: say(backend, message))
        ready = build.find_ready(wanted, device)
        return ready or _build_alone(wanted, device, lambda message: say(backend, message))
    except Obstacle as obstacle:
        return Unavailable(backend, kind_of(device), str(obstacle), obstacle.remedy)
    except ProvisioningError as failure:
        return Unavailable(backend, kind_of(device), str(failure))
    except OSError as failure:  # a full disk, a cache folder that may not be written
        return Unavailable(backend, kind_of(device), f"environment cannot be built: {failure}")


def device_refusal(specification: Specification, device: str) -> str | None:
    """Why the backend cannot use `device` on this machine at all, None if nothing stands in the way."""
    packages = specification.packages(device)
    if packages.unavailable is not None:
        return packages.unavailable
    if packages.needs_nvidia and not gpus.nvidia_gpus():
        return "no NVIDIA GPU found"
    return None


def _build_alone(specification: Specification, device: str, say: build.Say) -> Environment:
    """Builds under the backend's lock; if another thread or process built it meanwhile, takes that."""
    name = location.name_of(specification, device)
    lock = FileLock(location.lock_file(name))
    with _building[name]:
        return _build_locked(specification, device, lock, say)


def _build_locked(specification: Specification, device: str, lock: FileLock, say: build.Say) -> Environment:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say("waiting for another process that builds it")
        lock.acquire()
    try:
        ready = build.find_ready(specification, device)
        ready = ready or build.build(specification, device, fitting_interpreter(specification), say)
        say("ready")  # others may still be built
        return ready
    finally:
        lock.release()


def fitting_interpreter(specification: Specification, download: bool = True) -> Interpreter:
    """The interpreter to build on, once compilers and headers are known to be there.

    Args: download: whether a missing one may be fetched.
    Raises: InterpreterMissing, ToolMissing.
    """
    interpreter = find_interpreter(specification.python, download)
    for language in specification.compilers:
        if find_compiler(language) is None:
            raise ToolMissing(f"needs a {language.upper()} compiler", compiler_remedy(language))
    if specification.headers and not interpreter.headers:
        minor = interpreter.minor
        raise ToolMissing(f"needs the C headers of CPython {minor}", f"sudo apt-get install python{minor}-dev")
    return interpreter


def remove(backends: Sequence[str], device: str, folder: Path = FOLDER) -> int:
    """Removes every environment of the backends on `device`, outdated ones and variants too.

    Returns: bytes freed; files that uv's package cache keeps too are not among them.
    Raises: ConfigError, ProvisioningError.
    """
    freed_bytes = 0
    loaded = [load(backend, folder) for backend in backends]
    for specification, variant in product(loaded, (False, True)):
        name = location.environment_name(specification.backend, kind_of(device), variant)
        with FileLock(location.lock_file(name)):
            for path in location.existing(name):
                freed_bytes += location.size_bytes(path, shared=False)
                build.remove_folder(path)
    return freed_bytes
