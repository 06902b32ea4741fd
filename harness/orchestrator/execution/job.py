"""A job, which is a request to a worker, and its outcome: all that planning and records know of an execution."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from harness.orchestrator.core.config import Limits
from harness.orchestrator.core.paths import WORKER
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.execution.memory_layout import Layout
from harness.orchestrator.monitoring import machine
from harness.orchestrator.monitoring.telemetry.samples import Samples
from harness.worker.protocol import RESULT_KEYS


@dataclass(frozen=True)
class Job:
    """A worker to start. `log` is the path of its output files without their endings.

    variables: what its environment sets; the executor adds what comes from the user and the machine
    telemetry: without it nothing but its memory is sampled
    layout: None: the worker finds its code and its request where they are, in an environment as large as its variables
    result: the keys that its result must have
    """

    python: str
    variables: dict[str, str]
    request: dict
    cpus: list[int]
    limits: Limits
    log: Path
    worker: Path
    telemetry: bool = False
    layout: Layout | None = None
    result: tuple[str, ...] = RESULT_KEYS

    @property
    def request_file(self) -> Path:
        return self.log.with_name(self.log.name + ".request.json")

    @property
    def stdout(self) -> Path:
        return self.log.with_name(self.log.name + ".stdout.txt")

    @property
    def stderr(self) -> Path:
        return self.log.with_name(self.log.name + ".stderr.txt")


@dataclass
class RunOutcome:
    """How a job ended. `phases` are those seen from outside: {phase, index, begin_s}; what was not observed is None."""

    status: str
    reason: str | None
    phase: str | None
    result: dict | None = None
    hello: dict | None = None
    parity: dict | None = None
    error: dict | None = None
    phases: list[dict] = field(default_factory=list)
    stderr_tail: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    exit_code: int | None = None
    wall_s: float | None = None
    cpu_time_s: float | None = None
    involuntary_switches: int | None = None
    peak_rss_bytes: int | None = None
    sampling_s: float | None = None
    samples: Samples | None = None


class Observer(Protocol):
    """Is told what a worker does; must return quickly."""

    def event(self, event: dict) -> None:
        """An event arrived."""

    def tick(self) -> None:
        """About a second has passed."""


class Silent(Observer):
    """An observer that shows nothing."""


def job(
    environment: Environment,
    variables: dict[str, str],
    request: dict,
    log: Path,
    *,
    worker: Path = WORKER,
    limits: Limits | None = None,
    cpus: list[int] | None = None,
    **more: Any,
) -> Job:
    """The job of answering a request in an environment.

    Args:
        variables: those of the environment, with what is particular to this job.
        limits: the default ones if None.
        cpus: those that the request's device and threads call for if None.
        more: further fields of Job.
    """
    return Job(
        python=str(environment.python),
        variables=variables,
        request=request,
        cpus=cpus_for(request["device"], request["threads"]) if cpus is None else cpus,
        limits=limits or Limits(),
        log=log,
        worker=worker,
        **more,
    )


def cpus_for(device: str, threads: int) -> list[int]:
    """The logical CPUs of a worker: one a thread on the CPU; all of them with a GPU, which they have to feed."""
    return machine.choose_cpus(threads) if device == "cpu" else machine.available_cpus()
