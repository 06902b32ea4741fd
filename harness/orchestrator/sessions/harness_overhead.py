"""What the harness itself costs: a run of noop, whose steps compute next to nothing, once before the first round.

It is stored in the session's folder `overhead` and is no case of its table.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from harness.orchestrator import datasets
from harness.orchestrator.core.cases import Case, Run
from harness.orchestrator.core.clock import utc_now
from harness.orchestrator.core.errors import HarnessError
from harness.orchestrator.execution.interrupts import Interrupts
from harness.orchestrator.execution.launcher import launch
from harness.orchestrator.results.record import read_record
from harness.orchestrator.sessions import parity_reference
from harness.orchestrator.sessions.preparation import Missing
from harness.orchestrator.sessions.request import job_of, request_of
from harness.orchestrator.sessions.run_record import Circumstances, record_of

if TYPE_CHECKING:
    from harness.orchestrator.sessions.session import Conductor

WORKLOAD = "noop"
EDITION = "2015-12"
STEPS = 5_000  # an epoch of a fraction of a second, which is enough for a median
# What of the session's settings does not hold for this run.
SETTINGS = {"epochs": 5, "warmup_epochs": 1, "workload_settings": {}, "data_settings": {}}


def overhead(conductor: Conductor, worker: Path, interrupts: Interrupts) -> dict | None:
    """What `figures` says of a run of noop, made by `worker` now or when the session began; None if it is not ok."""
    case = Case(
        parity_reference.BACKEND,
        WORKLOAD,
        EDITION,
        "cpu",
        conductor.session.threads,
        parity_reference.PROFILE,
        "float32",
    )
    run = Run(case, 1)
    path = conductor.store.aside / f"{run.name}.json"
    if not path.exists():
        record = made(conductor, run, worker, interrupts)
        if record is None or record["status"] == "interrupted":
            return None
        conductor.store.write_aside(record)
    return figures(read_record(path))


def made(conductor: Conductor, run: Run, worker: Path, interrupts: Interrupts) -> dict | None:
    """The record of the run; None if what it needs cannot be had."""
    begin_utc, case = utc_now(), run.case
    config = conductor.session.config.model_copy(update=SETTINGS)
    environment = conductor.prepared.environments[parity_reference.BACKEND, "cpu"]
    if isinstance(environment, Missing):
        return None
    try:
        data = datasets.prepare(WORKLOAD, "synthetic", STEPS, 1, config.seed)
        start = parity_reference.case_of(WORKLOAD, EDITION, case.threads)
        request = request_of(config, case, data, parity_reference.reference(config, start, data, environment))
    except HarnessError:
        return None
    job = job_of(case, request, environment, config.limits, conductor.store.logs / run.name, worker)
    outcome = launch(job, parity_reference.Silent(), interrupts)
    variables = environment.variables(case.profile, case.threads, workload=case.workload)
    known = Circumstances(
        conductor.about, conductor.machine, config.seed, environment, data, request, variables, job.cpus
    )
    return record_of(run, known, outcome, begin_utc)


def figures(record: dict) -> dict | None:
    """Seconds of a step, and of an epoch beside its steps, medians of the timed epochs; None if the run is not ok."""
    timed = [epoch for epoch in record["epochs"] if not epoch["warmup"]]
    if record["status"] != "ok" or not timed:
        return None
    return {
        "backend": record["case"]["backend"],
        "step_s": median(median(epoch["step_s"]) for epoch in timed),
        "epoch_s": median(beside_steps_s(epoch) for epoch in timed),
    }


def beside_steps_s(epoch: dict) -> float:
    """What of an epoch is neither a training step nor one of validation."""
    return epoch["total_s"] - sum(epoch["step_s"]) - sum(epoch["validation_step_s"])
