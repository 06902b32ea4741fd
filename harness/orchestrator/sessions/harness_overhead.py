"""What the harness itself costs: a run of noop, whose steps compute next to nothing, once before the first round.

It is stored in the session's folder `overhead` and is no case of its table.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import median

from harness.orchestrator.core.cases import Run
from harness.orchestrator.core.clock import utc_now
from harness.orchestrator.core.config import Config
from harness.orchestrator.core.errors import HarnessError
from harness.orchestrator.datasets import catalog
from harness.orchestrator.execution.executor import execute
from harness.orchestrator.execution.interrupts import Interrupts
from harness.orchestrator.results.record import STEP_COSTS, read_record
from harness.orchestrator.results.store import Store
from harness.orchestrator.sessions import parity_reference
from harness.orchestrator.sessions.prepared import Missing, Prepared
from harness.orchestrator.sessions.record_builder import Circumstances, record_of
from harness.orchestrator.sessions.request import job_of, request_of

WORKLOAD = "noop"
EDITION = "2015-12"
STEPS = 5_000  # an epoch of a fraction of a second, which is enough for a median
# What of the session's settings does not hold for this run.
SETTINGS = {
    "epochs": 5,
    "warmup_epochs": 1,
    "extra_warmup_epochs": 0,
    "inference": False,
    "workload_settings": {},
    "data_settings": {},
}


def overhead(
    config: Config, threads: int, prepared: Prepared, store: Store, origin: dict, interrupts: Interrupts
) -> dict | None:
    """What `figures` says of a run of noop, made now or when the session began; None if it is not ok.

    Args:
        config: of the session; SETTINGS replace some of it.
        origin: the `session` and `machine` of the run's record.
    """
    case = replace(parity_reference.case_of(WORKLOAD, EDITION, threads), floatx="float32")
    run = Run(case, 1)
    path = store.extra / f"{run.name}.json"
    if not path.exists():
        record = made(config.model_copy(update=SETTINGS), run, prepared, store.logs, origin, interrupts)
        if record is None or record["status"] == "interrupted":
            return None
        store.write_extra(record)
    return figures(read_record(path))


def made(config: Config, run: Run, prepared: Prepared, logs: Path, origin: dict, interrupts: Interrupts) -> dict | None:
    """The record of the run; None if what it needs is missing."""
    begin_utc, case = utc_now(), run.case
    environment = prepared.environment(case)
    if isinstance(environment, Missing):
        return None
    try:
        data = catalog.prepare(WORKLOAD, "synthetic", STEPS, 1, config.seed)
        start = parity_reference.case_of(WORKLOAD, EDITION, case.threads)
        request = request_of(config, case, data, parity_reference.reference(config, start, data, environment))
    except HarnessError:
        return None
    job = job_of(case, request, environment, config.limits, logs / run.name, prepared.worker(None))
    outcome = execute(job, None, interrupts)
    known = Circumstances(
        **origin,
        seed=config.seed,
        environment=environment,
        data=data,
        request=request,
        variables=job.variables,
        cpus=job.cpus,
    )
    return record_of(run, known, outcome, begin_utc)


def figures(record: dict) -> dict | None:
    """Seconds of a step, the harness's and the engine's part, and of an epoch beside its steps; None if it is not ok.

    All are medians. The parts are of steps after the epochs; of older records they are None.
    """
    timed = [epoch for epoch in record["epochs"] if not epoch["warmup"]]
    if record["status"] != "ok" or not timed:
        return None
    return {
        "backend": record["case"]["backend"],
        "step_s": median(median(epoch["step_s"]) for epoch in timed),
        **{key: record["metrics"].get(key) for key in STEP_COSTS},
        "epoch_s": median(beside_steps_s(epoch) for epoch in timed),
    }


def beside_steps_s(epoch: dict) -> float:
    """What of an epoch is neither a training step nor one of validation."""
    return epoch["total_s"] - sum(epoch["step_s"]) - sum(epoch["validation_step_s"])
