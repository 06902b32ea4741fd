"""What a worker is asked to do, and the worker that is to do it."""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.core.cases import Case
from harness.orchestrator.core.config import Config, Limits, amount
from harness.orchestrator.core.paths import WORKER
from harness.orchestrator.datasets import PreparedData
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.execution.launcher import Job
from harness.orchestrator.execution.process import worker_variables
from harness.orchestrator.monitoring import machine
from harness.worker.protocol import SCHEMA


def request_of(config: Config, case: Case, data: PreparedData, reference: dict | None, turn: int = 1) -> dict:
    """The worker's request, see REQUEST in harness/worker/protocol.py, in the round number `turn`."""
    return {
        "schema": SCHEMA,
        "backend": case.backend,
        "workload": case.workload,
        "edition": case.edition,
        "device": case.device,
        "threads": case.threads,
        "profile": case.profile,
        "floatx": case.floatx,
        "seed": config.seed,
        "draws": config.seed + turn,
        "epochs": amount(config, "epochs", case.workload, data.name),
        "warmup_epochs": amount(config, "warmup_epochs", case.workload, data.name),
        "reference": reference,
        "turns": None,
        "arrays": {name: str(path) for name, path in data.arrays.items()},
    }


def job_of(
    case: Case, request: dict, environment: Environment, limits: Limits, log: Path, worker: Path = WORKER
) -> Job:
    """The worker for a request about `case`, or another that answers it, in the case's environment."""
    return Job(
        python=str(environment.python),
        variables=worker_variables(environment.variables(case.profile, case.threads, workload=case.workload)),
        request=request,
        cpus=machine.choose_cpus(case.threads),
        limits=limits,
        log=log,
        worker=worker,
    )
