"""What a session needs before it starts: environments, data, references for its workloads, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from harness.orchestrator import datasets, environments, references
from harness.orchestrator.config import Config, amount
from harness.orchestrator.datasets import DataMismatch, PreparedData
from harness.orchestrator.environments import Environment, Unavailable
from harness.orchestrator.errors import DataError, HarnessError
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
    """Environments by (backend, device), data and references by workload; where there is none, the reason."""

    environments: dict[tuple[str, str], Environment | Missing] = field(default_factory=dict)
    data: dict[str, PreparedData | Missing] = field(default_factory=dict)
    references: dict[str, dict | Missing] = field(default_factory=dict)

    def obstacle(self, case: Case) -> Missing | None:
        """Why a case cannot run, None if it can."""
        needs = (
            self.environments[case.backend, case.device],
            self.data[case.workload],
            self.references[case.workload],
        )
        return next((need for need in needs if isinstance(need, Missing)), None)


def prepare(config: Config, threads: int, say: Say) -> Prepared:
    """Build what can be built, and say what is missing before anything is measured."""
    prepared = Prepared(find_environments(config, say))
    for workload in config.workloads:
        prepared.data[workload] = find_data(config, workload, say)
        prepared.references[workload] = find_reference(config, workload, threads, prepared)
    announce(prepared, say)
    return prepared


def find_environments(config: Config, say: Say) -> dict[tuple[str, str], Environment | Missing]:
    """The environments of the configuration's backends, and the reference's."""

    def say_of(backend: str, sentence: str) -> None:
        say(f"{backend}: {sentence}")

    wanted = dict.fromkeys(config.devices, config.backends)
    wanted["cpu"] = [*wanted.get("cpu", []), references.BACKEND]
    return {
        (backend, device): usable(found)
        for device, backends in wanted.items()
        for backend, found in environments.ensure(backends, device, say_of).items()
    }


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


def find_reference(config: Config, workload: str, threads: int, prepared: Prepared) -> dict | Missing:
    """What every run of a workload is compared with."""
    case = references.case_of(workload, config.edition, threads)
    environment, data = prepared.environments[case.backend, case.device], prepared.data[workload]
    if isinstance(environment, Missing):
        return Missing(f"no reference without {case.backend}: {environment.sentence}")
    if isinstance(data, Missing):
        return data
    try:
        return references.reference(config, case, data, environment)
    except HarnessError as error:
        return Missing(f"no reference: {error}")


def amounts(config: Config, workload: str, data: str) -> tuple[int | None, int | None]:
    """Training and test samples wanted."""
    return amount(config, "train_samples", workload, data), amount(config, "test_samples", workload, data)


def announce(prepared: Prepared, say: Say) -> None:
    """One line for each thing that is missing, and for data that stands in for other data."""
    for (backend, device), found in prepared.environments.items():
        if isinstance(found, Missing):
            say(f"{backend} on {device} is missing: {found.sentence}")
    for workload, data in prepared.data.items():
        lacking = next((need for need in (data, prepared.references[workload]) if isinstance(need, Missing)), None)
        if lacking is not None:
            say(f"{workload} cannot run: {lacking.sentence}")
        else:
            for note in data.notes:
                say(f"{workload}: {note}")
