"""Who runs against whom: ours, the hand-written workload, Keras with our settings, Keras as it installs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.orchestrator.core.paths import ROOT
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.environments.extra_packages import installed

BENCHMARKS = ROOT / "benchmarks"
CONTENDER = BENCHMARKS / "contender.py"
OURS, NATIVE = "ours", "native"


@dataclass(frozen=True)
class Entrant:
    """One side of a comparison.

    Attributes:
        name: as the table calls it.
        profile: whose settings it runs with.
        folder: of its workloads in benchmarks/; None for our own layer.
    """

    name: str
    profile: str
    folder: str | None = None

    def additions(self, backend: str, environment: Environment) -> dict:
        """What its request has beside a worker's."""
        if self.folder is None:
            return {"contender": None}
        place = f"{self.folder}/{backend}"
        return {"contender": place, "packages": packages(BENCHMARKS / place, environment), "dropout": True}


ENTRANTS = (
    Entrant(OURS, "tuned"),
    Entrant(NATIVE, "tuned", "native"),
    Entrant("Keras", "tuned", "keras"),
    Entrant("Keras as installed", "stock", "keras"),
)


def entrants(backend: str) -> list[Entrant]:
    """Those that exist for a backend, ours first."""
    return [each for each in ENTRANTS if each.folder is None or (BENCHMARKS / each.folder / backend).is_dir()]


def packages(folder: Path, environment: Environment) -> str | None:
    """The folder with what a contender's requirements.lock names, installed once; None if it needs nothing more."""
    lock = folder / "requirements.lock"
    if not lock.exists():
        return None
    return str(installed(lock, environment))
