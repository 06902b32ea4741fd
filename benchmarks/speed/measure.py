"""One run of one entrant, in a process of its own, as a row of figures."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.speed.entrants import Entrant
from harness.orchestrator.config import Config
from harness.orchestrator.datasets import PreparedData
from harness.orchestrator.environments import Environment
from harness.orchestrator.errors import WorkerFailed
from harness.orchestrator.launcher import Job, launch
from harness.orchestrator.matrix import Case
from harness.orchestrator.references import Silent
from harness.orchestrator.request import job_of, request_of

FIGURES = ("epoch_s", "compile_s", "max_rss_bytes")


@dataclass(frozen=True)
class Cell:
    """A backend on a workload, with all that its runs need."""

    case: Case
    environment: Environment
    data: PreparedData
    reference: dict


def measure(cell: Cell, entrant: Entrant, config: Config, cold: bool) -> dict:
    """The figures of one run.

    Args:
        cold: whether the run finds nothing that a library compiled earlier.

    Raises:
        WorkerFailed: it did not end well.
    """
    with tempfile.TemporaryDirectory(prefix="speed-") as folder, emptied(cell.environment, cold):
        outcome = launch(job(cell, entrant, config, Path(folder)), Silent())
    if outcome.status != "ok":
        raise WorkerFailed(
            f"{entrant.name} on {cell.case.backend} {cell.case.workload} did not end well. Expected status=ok. "
            f"Received status={outcome.status}: {outcome.reason}. Last words: {' / '.join(outcome.stderr_tail[-3:])}"
        )
    losses = [epoch["loss"] for epoch in outcome.result.get("training") or outcome.result["epochs"]]
    return {figure: outcome.result[figure] for figure in FIGURES} | {"loss": losses[-1]}


def job(cell: Cell, entrant: Entrant, config: Config, folder: Path) -> Job:
    """The worker's, or the contender's in its place; neither validates, so that all do the same."""
    case = replace(cell.case, profile=entrant.profile)
    request = request_of(config, case, cell.data, cell.reference)
    request["arrays"] = {name: path for name, path in request["arrays"].items() if not name.endswith("_test")}
    request |= entrant.additions(case.backend, cell.environment)
    return job_of(case, request, cell.environment, config.limits, folder / "run", entrant.script)


@contextmanager
def emptied(environment: Environment, wanted: bool) -> Iterator[None]:
    """While this lasts the environment's compile cache is empty; what it held is put back."""
    cache = environment.compile_cache
    if not wanted or cache is None or not cache.exists():
        yield
        return
    kept = cache.rename(cache.with_name(cache.name + ".kept"))
    try:
        yield
    finally:
        environment.clear_compile_cache()
        kept.rename(cache)
