"""A backend's environment with another version of a package: what `tensorflow==2.20` makes of `tensorflow.toml`."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.environments.build import Say
from harness.orchestrator.environments.description.specification import Specification, kind_of, known_backends, load
from harness.orchestrator.environments.variants import resolution


def parsed(requirements: Sequence[str]) -> list[Requirement]:
    """The requirements, each once; raises ConfigError for an invalid one."""
    return [_parsed(text) for text in dict.fromkeys(requirements)]


def _parsed(text: str) -> Requirement:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        requirement = None
    if requirement is None or requirement.url:
        raise ConfigError(
            "Invalid requirement. Expected a package of an index and its version, such as numpy==2.3.1. "
            f"Received requirement={text!r}. Write it as for pip."
        )
    return requirement


def variant(specification: Specification, device: str, requirements: Sequence[Requirement], say: Say) -> Specification:
    """A copy of `specification` in which `requirements` replace or join the packages of `device`, with their lock.

    What the requirements leave open stays as the specification's own lock has it, as far as that fits. The copy is
    for this device only. Without requirements it is the specification itself.
    Raises: Obstacle: they cannot be met; its message says why.
    """
    if not requirements:
        return specification
    packages = merged(specification, device, requirements)
    lock = resolution.find_lock(specification, device, packages, say)
    installed = specification.packages(device).model_copy(update={"packages": packages, "lock": lock.path.name})
    changes = {
        "folder": lock.path.parent,
        "requirements": tuple(map(str, requirements)),
        "python": (f"=={lock.minor}.*",),
        kind_of(device): installed,
    }
    return specification.model_copy(update=changes)


def merged(specification: Specification, device: str, requirements: Sequence[Requirement]) -> tuple[str, ...]:
    """The packages of `device`, those that `requirements` name replaced, the others joined by them."""
    own = {_name(listed): listed for listed in map(Requirement, specification.packages(device).packages)}
    asked = [_as_installed(specification, device, requirement) for requirement in requirements]
    for requirement in asked:
        listed = own.get(_name(requirement))
        requirement.extras |= listed.extras if listed else set()
    named = {_name(requirement) for requirement in asked}
    return (*(str(own[name]) for name in own if name not in named), *sorted(map(str, asked)))


def _as_installed(specification: Specification, device: str, requirement: Requirement) -> Requirement:
    """A copy that names what `device` installs: tensorflow is tensorflow-cpu where there is no GPU."""
    copy = Requirement(str(requirement))
    if _name(copy) in own_names(specification):
        copy.name = specification.probe.distribution[kind_of(device)]
    return copy


def touches(specification: Specification, requirement: str) -> bool:
    """Whether a variant with `requirement` is another environment for this backend.

    A framework's name touches its own backend and those that install it too, as all install numpy. Any other
    package may matter to each backend.
    """
    name = _name(_parsed(requirement))
    return (
        name in own_names(specification) or _is_locked(specification, name) or not _is_of_another(specification, name)
    )


def own_names(specification: Specification) -> set[str]:
    """What the backend's framework is called, here and in package indexes."""
    return set(map(canonicalize_name, (specification.backend, *specification.probe.distribution.values())))


def _is_locked(specification: Specification, name: str) -> bool:
    devices = [device for device in ("cpu", "gpu") if specification.packages(device).lock is not None]
    lines = [line for device in devices for line in specification.lock_text(device).splitlines()]
    return any(line.startswith(f"{name}==") for line in lines)


def _is_of_another(specification: Specification, name: str) -> bool:
    others = (load(backend, specification.folder) for backend in known_backends(specification.folder))
    return any(name in own_names(other) for other in others if other.backend != specification.backend)


def _name(requirement: Requirement) -> str:
    return canonicalize_name(requirement.name)
