"""What the machine can do at most, measured before the first round: each run's speed is held against it.

On a CPU the reference's environment measures, through NumPy's BLAS; on a GPU the first of the session's backends that
can, through its engine. It has the threads and the CPUs that runs have, and the variables of its own profile tuned.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from harness.orchestrator.core.cases import Case
from harness.orchestrator.core.config import Config
from harness.orchestrator.core.paths import PEAK_WORKER
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.execution.executor import execute
from harness.orchestrator.execution.job import RunOutcome
from harness.orchestrator.sessions import parity_reference
from harness.orchestrator.sessions.prepared import Missing, Prepared, Say
from harness.orchestrator.sessions.request import job_of
from harness.worker.protocol import PEAK, SCHEMA

RESULT = ("peak", "versions", "settings")  # of the worker that measures


def peaks(config: Config, cases: Iterable[Case], prepared: Prepared, say: Say) -> dict[tuple[str, int], dict]:
    """The peak, see `measure`, of each device with each number of threads that cases have."""
    wanted = dict.fromkeys((case.device, case.threads) for case in cases)
    found = {(device, threads): measure(config, device, threads, prepared) for device, threads in wanted}
    for (device, _), peak in found.items():
        if peak["reason"]:
            say(f"The peak of {device} is not known: {peak['reason']}.")
    return found


def measure(config: Config, device: str, threads: int, prepared: Prepared) -> dict:
    """PEAK in harness/worker/protocol.py, how it was measured, and `reason`: why all of it is None, else None."""
    reasons = []
    for backend in [parity_reference.BACKEND] if device == "cpu" else config.backends:
        case = Case(backend, "peak", config.edition, device, threads, parity_reference.PROFILE, config.floatx)
        environment = prepared.environment(case)
        if isinstance(environment, Missing):
            reasons.append(f"{backend}: {environment.sentence}")
            continue
        outcome = ask(config, case, environment)
        if outcome.status == "ok":
            return {**outcome.result["peak"], **circumstances(case, outcome), "reason": None}
        reasons.append(f"{backend}: {outcome.reason}")
    return {**dict.fromkeys(PEAK), "device": device, "threads": threads, "reason": "; ".join(reasons)}


def ask(config: Config, case: Case, environment: Environment) -> RunOutcome:
    """The outcome of the worker that measures."""
    keys = ("backend", "device", "threads", "floatx")
    request = {"schema": SCHEMA, **{key: getattr(case, key) for key in keys}}
    with tempfile.TemporaryDirectory(prefix="peak-") as folder:
        job = job_of(case, request, environment, config.limits, Path(folder) / "peak", PEAK_WORKER, result=RESULT)
        return execute(job)


def circumstances(case: Case, outcome: RunOutcome) -> dict:
    """By what a peak was measured."""
    return {
        "device": case.device,
        "threads": case.threads,
        "backend": case.backend,
        "version": outcome.result["versions"].get(case.backend),
        "profile": case.profile,
        "blas": outcome.result["settings"]["blas"],
    }
