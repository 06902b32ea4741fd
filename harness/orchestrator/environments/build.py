"""Builds one environment, and knows whether one that is there may be used."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

from harness.orchestrator.core.errors import ProvisioningError
from harness.orchestrator.environments.description import identity, location
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.environments.description.specification import Specification, kind_of
from harness.orchestrator.environments.native.provided import Provided, Site
from harness.orchestrator.environments.toolchain import probe
from harness.orchestrator.environments.toolchain.clean_subprocess import run_apart
from harness.orchestrator.environments.toolchain.installer import (
    install_lock,
    installed_packages,
    make_virtual_environment,
)
from harness.orchestrator.environments.toolchain.interpreters import Interpreter

COMPILE_LIMIT_S = 600  # some thousand modules, half a minute on two cores

TESTS = r"/site-packages/(.*/)?tests?/"  # folders, as compileall matches paths

INFO_NAME = "harness-environment.json"

# Without these an info file is not one that this version wrote.
INFO_KEYS = {"digest", "interpreter", "versions", "native", "library_folders", "packages", "facts"}
NATIVE_KEYS = {field.name for field in fields(Provided)}

Say = Callable[[str], None]


def find_ready(specification: Specification, device: str) -> Environment | None:
    """An environment that was finished, has the wanted digest, and still starts; None if there is none."""
    for path in location.existing(location.name_of(specification, device)):
        info = read_info(path)
        if info is None or not _is_wanted(info, specification, device):
            continue
        environment = _environment(specification, device, path, info)
        if _rests_on_something(info) and probe.starts(environment.python, info["interpreter"]["version"]):
            return environment
    return None


def read_info(path: Path) -> dict[str, Any] | None:
    """What a finished build wrote about itself, None if `path` is half-built, damaged or of another version."""
    try:
        info = json.loads((path / INFO_NAME).read_text(encoding="utf-8"))
        Interpreter(**info["interpreter"])
        whole = info.keys() >= INFO_KEYS and all(entry.keys() >= NATIVE_KEYS for entry in info["native"])
        named = info["digest"][: location.DIGEST_LETTERS] == path.name[-location.DIGEST_LETTERS :]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return info if whole and named else None


def _is_wanted(info: dict[str, Any], specification: Specification, device: str) -> bool:
    return bool(info["digest"] == identity.digest(specification, device, info["interpreter"]["version"]))


def _rests_on_something(info: dict[str, Any]) -> bool:
    """Whether the libraries that it links to are still there."""
    return all(Path(file).exists() for entry in info["native"] for file in entry["files"])


def build(specification: Specification, device: str, interpreter: Interpreter, say: Say) -> Environment:
    """Builds the environment on `interpreter`, in place of whatever stands there.

    Built where it will be used, because interpreters, links and settings hold absolute paths; the info file is
    written last, and without it nobody takes the folder for an environment.
    Raises: ProvisioningError; then nothing is left behind.
    """
    digest = identity.digest(specification, device, interpreter.version)
    path = location.environment_path(location.name_of(specification, device), digest)
    remove_folder(path)
    try:
        info = _build_at(path, specification, device, interpreter, say) | {"digest": digest}
        _write_info(path, info)
    except BaseException:
        remove_folder(path)
        raise
    return _environment(specification, device, path, info)


def _build_at(
    path: Path, specification: Specification, device: str, interpreter: Interpreter, say: Say
) -> dict[str, Any]:
    """The steps of a build; returns what the info file will say."""
    say(f"making an environment on CPython {interpreter.version}")
    make_virtual_environment(path, interpreter.path)
    python = path / "bin" / "python"
    say("installing packages")
    install_lock(python, specification.lock_path(device))
    say("compiling byte code")
    compile_bytecode(python, packages_folder(path))
    say("providing native libraries")
    native = _provide_native(specification, path, interpreter)
    info = {
        "backend": specification.backend,
        "device": kind_of(device),
        "requirements": list(specification.requirements),
        "interpreter": interpreter.as_record(),
        "platform": identity.platform_name(),
        "recipe": identity.RECIPE,
        "lock_sha256": identity.lock_sha256(specification, device),
        "packages": installed_packages(python),
        "native": [provided.as_record() for provided in native],
        "library_folders": list(dict.fromkeys(folder for provided in native for folder in provided.folders)),
    }
    environment = _environment(specification, device, path, info | {"digest": "", "versions": {}})
    for name, text in specification.files.items():
        (path / name).write_text(environment.written(text, threads=1), encoding="utf-8")
    say(f"importing {specification.probe.module}")
    answer = check(environment)
    return info | {"versions": answer.versions, "facts": answer.facts}


def _provide_native(specification: Specification, path: Path, interpreter: Interpreter) -> list[Provided]:
    site = Site(path, packages_folder(path), interpreter)
    modules = [import_module(f"{__package__}.native.{wanted.kind}") for wanted in specification.native]
    return [module.provide(wanted, site) for module, wanted in zip(modules, specification.native, strict=True)]


def packages_folder(path: Path) -> Path:
    """site-packages of the environment at `path`."""
    return next((path / "lib").glob("python3.*/site-packages"))


def compile_bytecode(python: Path, folder: Path) -> bool:
    """Makes the byte code of all modules below `folder`; whether every one of them could be compiled.

    Else the first run that imports a module would make it, and take another time and other memory than the runs after.
    The packages' own tests are left out, which no run imports.
    """
    command = [str(python), "-I", "-m", "compileall", "-q", "-j", "0", "-x", TESTS, str(folder)]
    return run_apart(command, COMPILE_LIMIT_S).returncode == 0


def check(environment: Environment) -> probe.Answer:
    """Imports the framework of `environment` for real; raises NotVerified."""
    specification = environment.specification
    distribution = specification.probe.distribution["gpu" if environment.device == "gpu" else "cpu"]
    locked = probe.locked_version(specification.lock_text(environment.device), distribution)
    expected = {"python": environment.info["interpreter"]["version"]}
    if locked is not None:
        expected[specification.probe.module] = locked
    threads = os.cpu_count() or 1
    own = {name: environment.written(text, threads) for name, text in specification.probe.variables.items()}
    variables = environment.variables("stock", threads) | own
    return probe.verify(environment.python, specification.probe, variables, expected)


def _environment(specification: Specification, device: str, path: Path, info: dict[str, Any]) -> Environment:
    return Environment(
        backend=specification.backend,
        device=kind_of(device),
        path=path,
        python=path / "bin" / "python",
        digest=info["digest"],
        versions=info["versions"],
        specification=specification,
        info=info,
    )


def _write_info(path: Path, info: dict[str, Any]) -> None:
    """Writes the info file at once: a reader sees all of it or none."""
    temporary = path / f"{INFO_NAME}.partial"
    with temporary.open("w", encoding="utf-8") as stream:
        json.dump(info, stream, indent=1, sort_keys=True, allow_nan=False)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path / INFO_NAME)


def remove_folder(path: Path) -> None:
    """Removes an environment's folder, its info file first, so that a removal cut short leaves no half of one.

    Raises: ProvisioningError.
    """
    try:
        (path / INFO_NAME).unlink(missing_ok=True)
        if path.exists():
            shutil.rmtree(path)
    except OSError as cause:
        raise ProvisioningError(f"{path} cannot be removed: {cause.strerror}") from cause
