"""Measures operations: one process a backend, one backend after the other, each stored as soon as it has ended."""

from __future__ import annotations

import json
import random
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from harness.orchestrator.core.paths import OPS
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.execution.executor import execute
from harness.orchestrator.execution.interrupts import Interrupts
from harness.orchestrator.execution.job import Job, Observer, RunOutcome, job
from harness.orchestrator.results.record import write_whole
from harness.orchestrator.sessions.prepared import Missing
from harness.orchestrator.suites.ops.document import document_of
from harness.orchestrator.suites.ops.operations import Plan
from harness.orchestrator.suites.ops.preparation import Equipped
from harness.worker.protocol import SCHEMA

FLOATX = "float32"
RESULT = ("versions", "settings", "order", "failures")  # of benchmarks/ops/runner.py
# A round is no shorter: the clock and the loop around it are then far below 0.1 %, and the stored rounds are few.
MIN_ROUND_S = 5e-3


class Display(Observer, AbstractContextManager, Protocol):
    """Shows what is being measured."""

    def begin(self, backend: str) -> None:
        """A backend's process starts."""

    def end(self, document: dict) -> None:
        """A backend has been measured, or cannot be."""


@dataclass
class Session:
    """What came of a plan: a document for each backend, in the plan's order."""

    plan: Plan
    folder: Path
    documents: list[dict] = field(default_factory=list)
    interrupted: bool = False


def conduct(plan: Plan, found: dict[str, Equipped | Missing], folder: Path, state: dict, display: Display) -> Session:
    """Measure every backend, in random order; Ctrl-C ends it with the backends that were finished.

    Args:
        found: what each backend is measured with.
        folder: of the session, where the documents are stored.
        state: of the machine.
    """
    session = Session(plan, folder)
    (folder / "logs").mkdir()
    with Interrupts() as interrupts, display:
        for backend in random.Random(plan.seed).sample(plan.backends, len(plan.backends)):
            if interrupts.requested:
                break
            document = measure(session, backend, found[backend], state, display, interrupts)
            write_whole(folder / f"{backend}.json", json.dumps(document, allow_nan=False, indent=1) + "\n")
            session.documents.append(document)
            display.end(document)
        session.interrupted = interrupts.requested
    session.documents.sort(key=lambda document: plan.backends.index(document["harness"]["backend"]))
    return session


def measure(
    session: Session, backend: str, here: Equipped | Missing, state: dict, display: Display, interrupts: Interrupts
) -> dict:
    """The document of a backend."""
    known = {"session": session.folder.name, "machine": state, "plan": session.plan, "backend": backend}
    if isinstance(here, Missing):
        return document_of(**known, outcome=RunOutcome("unsupported", here.sentence, None))
    display.begin(backend)
    raw = session.folder / "logs" / f"{backend}.pytest-benchmark.json"
    asked = job_of(session, here, raw)
    last = LastOperation(display)
    outcome = execute(asked, last, interrupts)
    if outcome.status != "ok" and last.operation is not None:
        outcome.reason = f"{last.operation}: {outcome.reason}"
    identity = {**here.environment.identity, "variables": asked.variables, "cpus": asked.cpus}
    return document_of(**known, outcome=outcome, raw=raw, environment=identity)


def job_of(session: Session, here: Equipped, raw: Path) -> Job:
    """The process that measures a backend, as a run's would be started."""
    plan, environment = session.plan, here.environment
    request = {
        "schema": SCHEMA,
        "backend": environment.backend,
        "device": plan.device,
        "threads": plan.threads,
        "floatx": FLOATX,
        "seed": plan.seed,
        "packages": str(here.packages),
        "operations": plan.operations,
        "rounds": plan.rounds,
        "max_time_s": plan.max_time_s,
        "min_time_s": MIN_ROUND_S,
        "json": str(raw),
    }
    log, variables = session.folder / "logs" / environment.backend, variables_of(environment, plan)
    return job(environment, variables, request, log, worker=OPS / "runner.py", result=RESULT)


def variables_of(environment: Environment, plan: Plan) -> dict[str, str]:
    """A run's variables, but for where compiled code is kept: operations must not warm the cache of runs."""
    specification = environment.specification
    names = specification.probe.variables.keys() & specification.variables
    own = {name: environment.written(specification.probe.variables[name], plan.threads) for name in sorted(names)}
    return {**environment.variables(plan.profile, plan.threads), **own}


class LastOperation:
    """An observer that keeps the operation that began last, for the reason of a process that broke down in it."""

    def __init__(self, observer: Observer) -> None:
        self.observer = observer
        self.operation: str | None = None

    def event(self, event: dict) -> None:
        self.operation = event.get("operation", self.operation)
        self.observer.event(event)

    def tick(self) -> None:
        self.observer.tick()
