"""The runs of all entrants of a cell, each in a process of its own, as rows of figures."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import geometric_mean

from benchmarks.speed.entrants import CONTENDER, Entrant
from harness.orchestrator.core.cases import Case
from harness.orchestrator.core.config import Config
from harness.orchestrator.core.errors import WorkerFailed
from harness.orchestrator.datasets.model import PreparedData
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.execution.executor import execute
from harness.orchestrator.execution.interleaving import run_interleaved
from harness.orchestrator.execution.job import Job, RunOutcome, Silent
from harness.orchestrator.sessions.request import job_of, request_of


@dataclass(frozen=True)
class Cell:
    """A backend on a workload, with all that its runs need."""

    case: Case
    environment: Environment
    data: PreparedData
    reference: dict


def cold(cell: Cell, entrant: Entrant, config: Config) -> dict:
    """The figures of a run that finds nothing that a library compiled earlier, and trains one epoch.

    Raises:
        WorkerFailed: it did not end well.
    """
    with tempfile.TemporaryDirectory(prefix="speed-") as folder, emptied(cell.environment):
        asked = job(cell, entrant, config, Path(folder), epochs=1, warmup_epochs=0, turns=None)
        return figures(cell, entrant, execute(asked))


def block(cell: Cell, field: list[Entrant], config: Config, order: random.Random) -> list[dict]:
    """The figures of a run of every entrant; all of them are interleaved.

    Raises:
        WorkerFailed: one did not end well.
    """
    with tempfile.TemporaryDirectory(prefix="speed-") as folder:
        address = Path(folder) / "turns"
        jobs = [job(cell, entrant, config, Path(folder), turns=str(address)) for entrant in field]
        outcomes = run_interleaved([(asked, Silent()) for asked in jobs], address, order)
        return [figures(cell, *pair) for pair in zip(field, outcomes, strict=True)]


def figures(cell: Cell, entrant: Entrant, outcome: RunOutcome) -> dict:
    """What a run tells: the geometric mean of its epochs, so that a ratio of two is the mean of the epochs' ratios."""
    if outcome.status != "ok":
        raise WorkerFailed(
            f"{entrant.name} on {cell.case.backend} {cell.case.workload} did not end well. Expected status=ok. "
            f"Received status={outcome.status}: {outcome.reason}. Last words: {' / '.join(outcome.stderr_tail[-3:])}"
        )
    epochs = outcome.result.get("training") or outcome.result["epochs"]
    return {
        "entrant": entrant.name,
        "epoch_s": geometric_mean(epoch["train_s"] for epoch in epochs if not epoch["warmup"]),
        "compile_s": outcome.result["compile_s"],
        "max_rss_bytes": outcome.result["max_rss_bytes"],
        "loss": epochs[-1]["loss"],
    }


def job(cell: Cell, entrant: Entrant, config: Config, folder: Path, **changes: object) -> Job:
    """The worker's, or a contender's; none of them validates, so that all do the same."""
    case = replace(cell.case, profile=entrant.profile)
    request = request_of(config, case, cell.data, cell.reference)
    request["arrays"] = {name: path for name, path in request["arrays"].items() if not name.endswith("_test")}
    request |= entrant.additions(case.backend, cell.environment) | changes
    log = folder / entrant.name.replace(" ", "-")
    return job_of(case, request, cell.environment, config.limits, log, CONTENDER)


@contextmanager
def emptied(environment: Environment) -> Iterator[None]:
    """While this lasts the environment's compile cache is empty; what it held is put back."""
    cache = environment.compile_cache
    if cache is None or not cache.exists():
        yield
        return
    kept = cache.rename(cache.with_name(cache.name + ".kept"))
    try:
        yield
    finally:
        environment.clear_compile_cache()
        kept.rename(cache)
