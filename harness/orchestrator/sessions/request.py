"""What a worker is asked to do, and the worker that is to do it."""

from __future__ import annotations

from pathlib import Path

from harness.orchestrator.core.cases import Case
from harness.orchestrator.core.config import Config, Limits, amount
from harness.orchestrator.core.paths import WORKER
from harness.orchestrator.datasets.model import PreparedData
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.execution.job import Job, job
from harness.worker.protocol import SCHEMA


def request_of(config: Config, case: Case, data: PreparedData, reference: dict | None, number: int = 1) -> dict:
    """The worker's request, see REQUEST in harness/worker/protocol.py, in the round `number`."""
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
        "draws": config.seed + number,
        "epochs": amount(config, "epochs", case.workload, data.name),
        "warmup_epochs": amount(config, "warmup_epochs", case.workload, data.name),
        "extra_warmup_epochs": config.extra_warmup_epochs,
        "inference": config.inference,
        "reference": reference,
        "turns": None,
        "arrays": {name: str(path) for name, path in data.arrays.items()},
        # not of every request, so that workers of revisions before sweeps answer those that they understand
        **({} if case.batch_size is None else {"batch_size": case.batch_size}),
    }


def job_of(
    case: Case,
    request: dict,
    environment: Environment,
    limits: Limits,
    log: Path,
    worker: Path = WORKER,
    **more: object,
) -> Job:
    """The job of a request about `case` in the case's environment, with its variables; `more` as `job` takes it."""
    variables = environment.variables(case.profile, case.threads, workload=case.workload)
    return job(environment, variables, request, log, worker=worker, limits=limits, **more)
