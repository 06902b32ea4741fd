"""What measuring operations needs before it starts: environments, and pytest-benchmark beside each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.orchestrator.core.errors import ProvisioningError
from harness.orchestrator.core.paths import OPS
from harness.orchestrator.environments import provision
from harness.orchestrator.environments.description.environment import Environment, Obstacle, Unavailable
from harness.orchestrator.environments.extra_packages import installed
from harness.orchestrator.sessions.prepared import Missing, usable

Say = Callable[[str, str], None]


@dataclass(frozen=True)
class Equipped:
    """An environment, and the folder with pytest-benchmark for it."""

    environment: Environment
    packages: Path


def prepare(backends: Sequence[str], device: str, say: Say) -> dict[str, Equipped | Missing]:
    """For each backend what it is measured with, or why it cannot be."""
    return {name: equip(found, say) for name, found in provision.ensure(backends, device, say).items()}


def equip(found: Environment | Unavailable, say: Say) -> Equipped | Missing:
    """An environment with pytest-benchmark beside it, installed if need be."""
    if isinstance(found, Unavailable):
        return usable(found)
    say(found.backend, "providing pytest-benchmark")
    try:
        return Equipped(found, installed(OPS / "requirements.lock", found))
    except Obstacle as obstacle:
        return Missing(f"no pytest-benchmark: {obstacle}", obstacle.remedy)
    except (ProvisioningError, OSError) as failure:
        return Missing(f"no pytest-benchmark: {failure}")
