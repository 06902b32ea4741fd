"""Runs of a case in which sampling is on and off interleaved, and a run that is sampled as every run is."""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from harness.orchestrator.core.cases import Case
from harness.orchestrator.core.config import Config
from harness.orchestrator.core.errors import WorkerFailed
from harness.orchestrator.datasets.model import PreparedData
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.execution import local_executor
from harness.orchestrator.execution.executor import execute
from harness.orchestrator.execution.job import Job, RunOutcome
from harness.orchestrator.monitoring.telemetry.sampler import SAMPLE_S, Sampler
from harness.orchestrator.sessions.request import job_of, request_of

ON, OFF = "on", "off"


def sampling_of(seed: int, epochs: int) -> list[str]:
    """Whether each epoch is sampled: of two in a row one, drawn which."""
    order = random.Random(seed)
    return [state for _ in range(0, epochs, 2) for state in order.sample([ON, OFF], 2)][:epochs]


class Interleaved(Sampler):
    """A sampler that does nothing at all, not even look at the memory, in epochs in which it is off.

    In the others it samples so many `times` as often as usual: what a sample costs shows sooner where there are more.
    """

    def __init__(self, sampled: list[str], times: int, *arguments: object) -> None:
        super().__init__(*arguments)
        self.sampled, self.times = sampled, times

    def border(self, phase: str, index: int | None) -> None:
        super().border(phase, index)
        if index is not None and self.sampled[index] == ON:
            self.due_s = min(self.due_s, time.monotonic() + SAMPLE_S / self.times)

    def sample(self, phase: str | None, index: int | None) -> None:
        if index is None:
            super().sample(phase, index)
        elif self.sampled[index] == ON:
            super().sample(phase, index)
            self.due_s = time.monotonic() + SAMPLE_S / self.times
        else:
            self.due_s = time.monotonic() + SAMPLE_S


def interleaved(job: Job, number: int, times: int) -> list[dict]:
    """A row for each timed epoch of an interleaved run, with the samples in it; two in a row are a block."""
    sampled = sampling_of(number, job.request["warmup_epochs"] + job.request["epochs"])
    with patch.object(local_executor, "Sampler", lambda *arguments: Interleaved(sampled, times, *arguments)):
        outcome = done(job)
    samples = Counter(row["index"] for row in outcome.samples.rows if row["phase"] == "epoch")
    return [
        {
            "block": f"{number}.{epoch['index'] // 2}",
            "entrant": sampled[epoch["index"]],
            "epoch_s": epoch["train_s"],
            "samples": samples[epoch["index"]],
        }
        for epoch in outcome.result["epochs"]
        if not epoch["warmup"]
    ]


def as_usual(job: Job) -> dict:
    """What a run with telemetry cost the orchestrator."""
    samples = done(job).samples
    return {
        "orchestrator_cpu_s": samples.orchestrator_cpu_s,
        "wall_s": samples.wall_s,
        "sampling_s": samples.cost_s,
        "samples": len(samples.rows),
    }


def done(job: Job) -> RunOutcome:
    """The outcome of a run that ended well.

    Raises:
        WorkerFailed: it did not.
    """
    outcome = execute(job)
    if outcome.status != "ok":
        raise WorkerFailed(
            f"A run with telemetry did not end well. Expected status=ok. Received status={outcome.status}: "
            f"{outcome.reason}. Last words: {' / '.join(outcome.stderr_tail[-3:])}"
        )
    return outcome


def block(
    number: int, times: int, case: Case, config: Config, data: PreparedData, reference: dict, environment: Environment
) -> tuple[list[dict], dict]:
    """Rows of the epochs of an interleaved run, and what a run as usual cost."""
    with tempfile.TemporaryDirectory(prefix="telemetry-") as folder:
        request = request_of(config, case, data, reference, number)
        job = replace(job_of(case, request, environment, config.limits, Path(folder) / "run"), telemetry=True)
        return interleaved(job, number, times), as_usual(job)
