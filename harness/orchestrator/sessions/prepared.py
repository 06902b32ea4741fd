"""What a session has been given before it starts: environments, data, references and peaks, or why one is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from harness.orchestrator.core.cases import Case, Run
from harness.orchestrator.datasets.model import PreparedData
from harness.orchestrator.environments.description.environment import Environment, Unavailable
from harness.orchestrator.sessions import revisions

Say = Callable[[str], None]


@dataclass(frozen=True)
class Missing:
    """Why cases cannot run, and the command that helps, if there is one."""

    reason: str
    remedy: str | None = None

    @property
    def sentence(self) -> str:
        return f"{self.reason}; {self.remedy}" if self.remedy else self.reason


@dataclass
class Prepared:
    """Environments by (backend, device), data by workload, references by start_of; where there is none, the reason.

    What a side has of its own has its label as the last part of the key: (backend, device, "a"), (workload, "a").
    """

    environments: dict[tuple[str, ...], Environment | Missing] = field(default_factory=dict)
    data: dict[str | tuple[str, str], PreparedData | Missing] = field(default_factory=dict)
    references: dict[tuple, dict | Missing] = field(default_factory=dict)
    roots: dict[str | None, Path] = field(default_factory=dict)  # side that has a revision, None: others -> its code
    peaks: dict[tuple[str, int], dict] = field(default_factory=dict)  # by (device, threads), see machine_peak.py

    def obstacle(self, case: Case, side: str | None = None) -> Missing | None:
        """Why a case cannot run, None if it can."""
        needs = (self.environment(case, side), self.data_of(case.workload, side), self._reference(case, side))
        return next((need for need in needs if isinstance(need, Missing)), None)

    def impossible(self, run: Run) -> bool:
        """Whether a run cannot be made."""
        return self.obstacle(run.case, run.side) is not None

    def environment(self, case: Case, side: str | None = None) -> Environment | Missing:
        """In which a case runs on a side."""
        plain = case.backend, case.device
        return self.environments[(*plain, side) if (*plain, side) in self.environments else plain]

    def data_of(self, workload: str, side: str | None = None) -> PreparedData | Missing:
        """What a workload trains on on a side."""
        return self.data[(workload, side) if (workload, side) in self.data else workload]

    def start_of(self, case: Case, side: str | None = None) -> tuple:
        """What the first steps of a case's runs on a side depend on: the key of their reference."""
        own = side is not None and (side in self.roots or (case.workload, side) in self.data)
        return (case.workload, case.edition, case.batch_size, *([side] if own else []))

    def reference(self, case: Case, side: str | None = None) -> dict | None:
        """What a case's runs on a side are compared with, None if it is missing."""
        found = self._reference(case, side)
        return None if isinstance(found, Missing) else found

    def root(self, side: str | None) -> Path:
        """The copy of the code that runs on a side."""
        return self.roots.get(side, self.roots[None])

    def worker(self, side: str | None) -> Path:
        """The worker's command line on a side."""
        return revisions.worker_in(self.root(side))

    def _reference(self, case: Case, side: str | None) -> dict | Missing:
        return self.references[self.start_of(case, side)]


def usable(found: Environment | Unavailable) -> Environment | Missing:
    """The environment, or what is missing for it."""
    return Missing(found.reason, found.remedy) if isinstance(found, Unavailable) else found
