"""The real command line on fake backends: `fake_harness.py BEHAVIOURS LOCK ...`; fake_worker.py has the behaviours.

Only the seams are replaced: which backends and workloads there are, their environments, their data and the worker.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from harness.orchestrator.cli import main
from harness.orchestrator.core.declared_workloads import DeclaredWorkload
from harness.orchestrator.datasets import catalog
from harness.orchestrator.datasets.model import PreparedData
from harness.orchestrator.environments import provision
from harness.orchestrator.environments.description import specification
from harness.orchestrator.environments.description.environment import Unavailable
from harness.orchestrator.execution import interleaving, locks
from harness.orchestrator.monitoring.conditions import observation
from harness.orchestrator.sessions import machine_peak, parity_reference, revisions, session
from harness.worker.protocol import PEAK

BACKENDS = ["absent", "fake", "other"]


@dataclass(frozen=True)
class FakeEnvironment:
    """An environment in this interpreter."""

    backend: str
    python: str = sys.executable
    versions: dict = field(default_factory=lambda: {"python": "3"})
    identity: dict = field(default_factory=lambda: {"digest": "d1"})

    @property
    def compile_cache(self) -> Path:
        """Beside the lock."""
        return locks.LOCK.with_name("compiled")

    def clear_compile_cache(self) -> None:
        shutil.rmtree(self.compile_cache, ignore_errors=True)

    def variables(self, profile: str, threads: int, workload: str | None = None) -> dict[str, str]:
        return {"OMP_NUM_THREADS": str(threads), "COMPILED": str(self.compile_cache)}


def ensure(backends: list[str], device: str, progress: object = None, folder: object = None) -> dict:
    """Every backend, but for the one called absent."""
    environments = {name: FakeEnvironment(name) for name in backends}
    if "absent" in environments:
        environments["absent"] = Unavailable("absent", device, "needs CPython 2.0", "get it with: time-machine")
    return environments


def prepare(workload: str, requested: str, train: int, test: int, seed: int, progress: object = None) -> PreparedData:
    """Data without arrays."""
    return PreparedData("synthetic", {}, train or 600, test or 100, 600, 100, "made up", "0" * 64)


def reference(config: object, case: object, data: object, environment: object, root: object = None) -> dict:
    """A reference that nobody looks at."""
    return {"places": []}


def measure(config: object, device: str, threads: int, prepared: object) -> dict:
    """A machine that does four times what fake_worker.py's runs do."""
    speeds = {key: 4 * 60.0 * 128.0 for key in PEAK if key.endswith("_per_s")}
    sizes = {"dtype": "float32", "gemm_rows": 512, "bandwidth_rows": 8192, "gemm_call_s": [], "bandwidth_call_s": []}
    means = {"backend": "numpy", "version": "2", "profile": "tuned", "blas": None, "reason": None}
    return {**speeds, **sizes, **means, "device": device, "threads": threads}


def install(behaviours: list[str], lock: Path) -> None:
    """Replace the seams."""
    provision.ensure = ensure
    specification.known_backends = lambda: BACKENDS
    catalog.prepare = prepare
    parity_reference.reference = reference
    machine_peak.measure = measure
    session.declared_workloads = lambda: {name: DeclaredWorkload("images", ["2015-12"]) for name in behaviours}
    revisions.worker_in = lambda root: Path(__file__).with_name("fake_worker.py")
    locks.LOCK = lock
    observation.LOOK_S = observation.LONG_LOOK_S = interleaving.SETTLE_S = 0.01  # nothing is measured


if __name__ == "__main__":
    install(sys.argv[1].split(","), Path(sys.argv[2]))
    main.main(sys.argv[3:])
