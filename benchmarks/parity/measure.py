"""The deviations of backends on one workload from one start, as rows."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.orchestrator.core.cases import Case
from harness.orchestrator.core.config import Config, Limits
from harness.orchestrator.core.errors import WorkerFailed
from harness.orchestrator.datasets import catalog
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.execution.executor import execute
from harness.orchestrator.sessions import parity_reference
from harness.orchestrator.sessions.request import job_of, request_of

WORKER = Path(__file__).with_name("worker.py")
LIMITS = Limits(silence_s=3600)  # a reference of many places says nothing until it is made


@dataclass(frozen=True)
class Start:
    """Where first steps are made.

    Attributes:
        question: what the rows tell, `seeds` or `places`.
        seed: draws the weights; the data are the same for all seeds.
        samples: training and test samples.
        places: how many places in the data.
        steady: whether places that rounding could change beyond tolerance are passed over, as for runs.
    """

    question: str
    workload: str
    seed: int
    samples: tuple[int, int]
    places: int
    steady: bool


def deviations(start: Start, config: Config, environments: dict[str, Environment], threads: int) -> Iterator[dict]:
    """A row for each backend, place and figure."""

    def answer(backend: str, floatx: str, reference: dict | None) -> dict:
        case = Case(backend, start.workload, config.edition, "cpu", threads, "tuned", floatx)
        data = catalog.prepare(start.workload, config.data, *start.samples, config.seed)
        request = request_of(config, case, data, reference) | {"seed": start.seed}
        return result(case, environments[backend], request | {"places": start.places, "steady": start.steady})

    reference = answer(parity_reference.BACKEND, "float64", None)["parity"]
    for backend in config.backends:
        found = answer(backend, "float32", reference)
        for place in found["places"]:
            yield from rows(start, backend, place, found["tolerance"])


def rows(start: Start, backend: str, place: dict, tolerance: dict[str, float]) -> Iterator[dict]:
    """Those of a backend at one place."""
    for figure, deviation in place["deviations"].items():
        yield {
            "question": start.question,
            "workload": start.workload,
            "seed": start.seed,
            "offset": place["offset"],
            "steady": place["steady"],
            "backend": backend,
            "figure": figure,
            "deviation": math.inf if deviation is None else deviation,  # JSON has null for infinity
            "tolerance": tolerance[figure],
        }


def result(case: Case, environment: Environment, request: dict) -> dict:
    """What the worker answers.

    Raises:
        WorkerFailed: it did not end well.
    """
    keys = ("parity",) if request["reference"] is None else ("places", "tolerance")
    with tempfile.TemporaryDirectory(prefix="parity-") as folder:
        job = job_of(case, request, environment, LIMITS, Path(folder) / "run", WORKER, result=keys)
        outcome = execute(job)
    if outcome.status != "ok":
        raise WorkerFailed(
            f"The first steps of {case.backend} {case.workload} did not end well. Expected status=ok. "
            f"Received status={outcome.status}: {outcome.reason}. Last words: {' / '.join(outcome.stderr_tail[-3:])}"
        )
    return outcome.result
