"""What one backend's environment is made of, as written in `configs/environments/<backend>.toml`.

The file is the only place that names the backend: adding one adds a file and its lock, and no line here.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal, get_args, get_origin

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from harness.orchestrator.core.cases import PROFILES
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.core.names import check_names, nearest
from harness.orchestrator.core.paths import CONFIGS

FOLDER = CONFIGS / "environments"

# What a value of `variables` or `files` may refer to: the environment's folder, the run's threads, and what a
# native library found out about itself.
PLACEHOLDERS = frozenset({"path", "threads", "blas"})

ProfileName = Literal[PROFILES]


class Table(BaseModel):
    """A table of the file; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Packages(Table):
    """What is installed for one device, or why nothing can be."""

    packages: tuple[str, ...] = ()
    lock: str | None = None
    unavailable: str | None = None
    needs_nvidia: bool = False

    @model_validator(mode="after")
    def _installs_or_refuses(self) -> Packages:
        if (self.lock is None) == (self.unavailable is None):
            raise ValueError("needs either `lock` or `unavailable`")
        return self


class Probe(Table):
    """How a built environment shows that it works."""

    module: str
    distribution: dict[Literal["cpu", "gpu"], str]
    variables: dict[str, str] = {}  # for the probe alone
    check: str = ""  # Python run after the import; may add to `facts`, and fails by raising


class Conformance(Table):
    """What the conformance cases are computed with, besides the probe's variables."""

    variables: dict[str, str] = {}
    interpreted: dict[str, str] = {}  # with which a library that compiles for long interprets instead


class Mpi(Table):
    """The MPI libraries that a wheel is linked with, each with the newer name that may stand for it."""

    kind: Literal["mpi"]
    libraries: dict[str, str]


class PythonLibrary(Table):
    """The interpreter as a shared library, for extension modules that are linked with it."""

    kind: Literal["python_library"]


class Blas(Table):
    """A BLAS for code that is compiled while running: the one that NumPy's wheel carries, else the system's."""

    kind: Literal["blas"]
    symbol: str


Native = Annotated[Mpi | PythonLibrary | Blas, Field(discriminator="kind")]


class Condition(Table):
    """Where a rule applies; every key that is given must hold."""

    vendor: str | None = None
    cpu_flags: tuple[str, ...] = ()
    workload: tuple[str, ...] = ()
    max_threads: int | None = None


class Rule(Table):
    """Variables that are added, or override earlier ones, under a condition."""

    when: Condition
    variables: dict[str, str]


class Profile(Table):
    """The environment variables of a profile: its own, then those of each rule that applies, in order."""

    variables: dict[str, str] = {}
    rule: tuple[Rule, ...] = ()


class Specification(Table):
    """One backend's environment."""

    backend: str
    folder: Path
    requirements: tuple[str, ...] = ()  # what makes it a variant of the file; the file itself has none
    python: tuple[str, ...] = Field(min_length=1)  # version specifiers, the preferred one first
    compilers: tuple[Literal["c", "c++"], ...] = ()
    headers: bool = False  # the interpreter must have its C headers
    compile_cache: str | None = None  # folder, inside the environment, that compiled code is kept in
    variables: dict[str, str] = {}
    files: dict[str, str] = {}
    cpu: Packages
    gpu: Packages
    probe: Probe
    conformance: Conformance = Conformance()
    native: tuple[Native, ...] = ()
    profile: dict[ProfileName, Profile]

    @field_validator("python")
    @classmethod
    def _are_specifiers(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        try:
            for value in values:
                SpecifierSet(value)
        except InvalidSpecifier as cause:
            raise ValueError("holds something else than version specifiers such as '==3.6.*'") from cause
        return values

    @model_validator(mode="after")
    def _placeholders_known(self) -> Specification:
        for text in self._templates():
            unknown = {name for _, name, _, _ in Formatter().parse(text) if name is not None} - PLACEHOLDERS
            if unknown:
                raise ValueError(f"unknown placeholder {sorted(unknown)} in {text!r}, known: {sorted(PLACEHOLDERS)}")
        return self

    def _templates(self) -> list[str]:
        tables = [self.variables, self.files, self.probe.variables]
        tables += [self.conformance.variables, self.conformance.interpreted]
        for profile in self.profile.values():
            tables += [profile.variables, *(rule.variables for rule in profile.rule)]
        return [text for table in tables for text in table.values()]

    def packages(self, device: str) -> Packages:
        """What `device` (cpu, gpu, gpu:N) installs."""
        return self.gpu if kind_of(device) == "gpu" else self.cpu

    def lock_text(self, device: str) -> str:
        """The lock of `device`; raises ConfigError if its file is missing."""
        path = self.lock_path(device)
        try:
            return path.read_text(encoding="utf-8")
        except OSError as cause:
            raise ConfigError(
                f"Lock of backend {self.backend} cannot be read. Expected a file. Received {path}: {cause.strerror}."
            ) from cause

    def lock_path(self, device: str) -> Path:
        """Where the lock of `device` is."""
        return self.folder / str(self.packages(device).lock)


def kind_of(device: str) -> Literal["cpu", "gpu"]:
    """cpu or gpu, of cpu, gpu or gpu:N; raises ConfigError for anything else."""
    if device == "cpu":
        return "cpu"
    if re.fullmatch(r"gpu(:\d+)?", device):
        return "gpu"
    raise ConfigError(f"Unknown device. Expected cpu, gpu or gpu:N. Received device={device!r}.")


def known_backends(folder: Path = FOLDER) -> list[str]:
    """The backends that have an environment file, sorted."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load(backend: str, folder: Path = FOLDER) -> Specification:
    """The specification of `backend`; raises ConfigError for an unknown name or an invalid file."""
    check_names("backend", [backend], known_backends(folder))
    path = folder / f"{backend}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return Specification(backend=backend, folder=folder, requirements=(), **table)
    except (OSError, tomllib.TOMLDecodeError, TypeError) as cause:
        raise ConfigError(f"{path} cannot be read: {cause}.") from cause
    except ValidationError as cause:
        raise ConfigError(f"{path}: {_explain(cause)}") from cause


def _explain(error: ValidationError) -> str:
    """The first complaint, as one sentence."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "file"
    if first["type"] != "extra_forbidden":
        return f"{where}: {first['msg'].removeprefix('Value error, ')}. Received {first['input']!r:.200}."
    known = _keys_at(Specification, first["loc"][:-1])
    near = nearest(str(first["loc"][-1]), known)
    advice = f" Did you mean {near}?" if near else ""
    return f"unknown key {where}. Expected one of {', '.join(known)}.{advice}"


def _keys_at(annotation: Any, location: tuple[int | str, ...]) -> list[str]:
    """The keys that the table at `location` knows, below a type annotation."""
    if isinstance(annotation, type) and issubclass(annotation, Table):
        if not location:
            return sorted(set(annotation.model_fields) - {"backend", "folder", "requirements"})
        return _keys_at(annotation.model_fields[str(location[0])].annotation, location[1:])
    arguments = get_args(annotation)
    if get_origin(annotation) in (dict, tuple):
        return _keys_at(arguments[-1] if get_origin(annotation) is dict else arguments[0], location[1:])
    if get_origin(annotation) is Annotated:
        return _keys_at(arguments[0], location)
    for member in arguments:  # a union, chosen by the `kind` that pydantic names in the location
        if get_args(member.model_fields["kind"].annotation) == location[:1]:
            return _keys_at(member, location[1:])
    return []
