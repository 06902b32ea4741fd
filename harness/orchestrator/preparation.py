"""What a session needs before it starts: environments for its backends, data for its workloads, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from harness.orchestrator import datasets, environments
from harness.orchestrator.config import Config, amount
from harness.orchestrator.datasets import DataMismatch, PreparedData
from harness.orchestrator.environments import Environment, Unavailable
from harness.orchestrator.errors import DataError
from harness.orchestrator.matrix import Case

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
    """Environments by (backend, device) and data by workload; where there is none, the reason."""

    environments: dict[tuple[str, str], Environment | Missing] = field(default_factory=dict)
    data: dict[str, PreparedData | Missing] = field(default_factory=dict)

    def obstacle(self, case: Case) -> Missing | None:
        """Why a case cannot run, None if it can."""
        needs = (self.environments[case.backend, case.device], self.data[case.workload])
        return next((need for need in needs if isinstance(need, Missing)), None)


def prepare(config: Config, say: Say) -> Prepared:
    """Build what can be built, and say what is missing before anything is measured."""

    def say_of(backend: str, sentence: str) -> None:
        say(f"{backend}: {sentence}")

    prepared = Prepared()
    for device in config.devices:
        for backend, found in environments.ensure(config.backends, device, say_of).items():
            prepared.environments[backend, device] = usable(found)
    for workload in config.workloads:
        prepared.data[workload] = find_data(config, workload, say)
    announce(prepared, say)
    return prepared


def usable(found: Environment | Unavailable) -> Environment | Missing:
    """The environment, or what is missing for it."""
    return Missing(found.reason, found.remedy) if isinstance(found, Unavailable) else found


def find_data(config: Config, workload: str, say: Say) -> PreparedData | Missing:
    """The data of a workload in the amounts that the configuration wants of that data set."""
    try:
        wanted = amounts(config, workload, config.data)
        data = datasets.prepare(workload, config.data, *wanted, config.seed, say)
        special = amounts(config, workload, data.name)
        return data if special == wanted else datasets.prepare(workload, config.data, *special, config.seed, say)
    except DataMismatch as error:
        return Missing(str(error))
    except DataError as error:
        return Missing(f"no data: {error}")


def amounts(config: Config, workload: str, data: str) -> tuple[int | None, int | None]:
    """Training and test samples wanted."""
    return amount(config, "train_samples", workload, data), amount(config, "test_samples", workload, data)


def announce(prepared: Prepared, say: Say) -> None:
    """One line for each thing that is missing, and for data that stands in for other data."""
    for (backend, device), found in prepared.environments.items():
        if isinstance(found, Missing):
            say(f"{backend} on {device} is missing: {found.sentence}")
    for workload, data in prepared.data.items():
        if isinstance(data, Missing):
            say(f"{workload} cannot run: {data.sentence}")
        else:
            for note in data.notes:
                say(f"{workload}: {note}")
