"""Every mistake, planted into the real worker on the real libraries, ends as `wrong` before what it spoils is timed."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from harness.orchestrator.core.cases import Case
from harness.orchestrator.core.config import Config
from harness.orchestrator.datasets import catalog
from harness.orchestrator.environments import provision
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.execution.executor import execute
from harness.orchestrator.execution.job import Job, RunOutcome
from harness.orchestrator.execution.process import worker_variables
from harness.orchestrator.monitoring import machine
from harness.orchestrator.sessions import parity_reference
from harness.orchestrator.sessions.request import request_of
from harness.worker.reference import PLACES

PLANTED_WORKER = Path(__file__).with_name("planted_worker.py")
THREADS = 1
SAMPLES = {"mnist_mlp": 300, "mnist_cnn": 300, "imdb_lstm": 80}  # two full batches and a smaller one
# What is planted where. Theano compiles each anew, for most of a minute: two show that its worker is watched too.
OF_IMAGES = ("flipped_kernel", "average_pooling")
OF_REVIEWS = ("cell_state_for_output", "wrong_gate_order")
OF_DIGITS = ("epsilon_outside_the_root", "skipped_bias", "not_a_number", "dropped_last_batch")
AT_INFERENCE = ("dropout_at_inference", "perturbed_weight")
WORKLOAD_OF = {
    **dict.fromkeys(OF_IMAGES, "mnist_cnn"),
    **dict.fromkeys(OF_REVIEWS, "imdb_lstm"),
    **dict.fromkeys((*OF_DIGITS, *AT_INFERENCE), "mnist_mlp"),
}
PLANTED = [(backend, mistake) for backend in ("numpy", "tensorflow", "cntk") for mistake in WORKLOAD_OF]
PLANTED += [("theano", "flipped_kernel"), ("theano", "epsilon_outside_the_root")]


def environment_of(backend: str) -> Environment:
    found = provision.ensure([backend], "cpu")[backend]
    assert isinstance(found, Environment), found
    return found


def run(backend: str, workload: str, mistake: str, folder: Path) -> RunOutcome:
    """A worker's run with a mistake in it."""
    samples = SAMPLES[workload]
    config = Config(backends=[backend], workloads=[workload], threads=THREADS, epochs=1, warmup_epochs=0)
    data = catalog.prepare(workload, "synthetic", samples, samples // 2, config.seed)
    of_reference = parity_reference.case_of(workload, config.edition, THREADS)
    expected = parity_reference.reference(config, of_reference, data, environment_of(parity_reference.BACKEND))
    case = Case(backend, workload, config.edition, "cpu", THREADS, "tuned", "float32")
    environment = environment_of(backend)
    variables = environment.variables(case.profile, THREADS, workload=workload)
    job = Job(
        python=str(environment.python),
        variables=worker_variables({**variables, "MISTAKE": mistake}),
        request=request_of(config, case, data, expected),
        cpus=machine.choose_cpus(THREADS),
        limits=config.limits,
        log=folder / "run",
        worker=PLANTED_WORKER,
    )
    return execute(job)


@pytest.mark.parametrize(("backend", "mistake"), PLANTED)
def test_run_is_wrong_when_a_mistake_is_planted(backend: str, mistake: str, tmp_path: Path) -> None:
    outcome = run(backend, WORKLOAD_OF[mistake], mistake, tmp_path)
    assert outcome.status == "wrong", (outcome.reason, outcome.stderr_tail)
    if mistake == "dropped_last_batch":
        assert outcome.reason == "epoch 0 made 2 steps of 3 over its train samples"
        return
    assert outcome.result is None
    if mistake in AT_INFERENCE:
        assert outcome.phase == "inference"
        assert "the outputs of the forward function are not those of NumPy in float64" in outcome.reason
        return
    assert outcome.phase == "parity"
    assert outcome.parity["places"] == PLACES
    tolerance = outcome.parity["tolerance"]
    excess = [
        math.inf if found is None else found / tolerance[figure]
        for figure, found in outcome.parity["deviations"].items()
    ]
    # not by a hair: a tolerance ten times as wide would have caught it too
    assert max(excess) > 10


@pytest.mark.parametrize("workload", SAMPLES)
@pytest.mark.parametrize("backend", ["numpy", "tensorflow", "theano", "cntk"])
def test_run_is_ok_when_no_mistake_is_planted(backend: str, workload: str, tmp_path: Path) -> None:
    outcome = run(backend, workload, "", tmp_path)
    assert outcome.status == "ok", (outcome.reason, outcome.stderr_tail)
    assert set(outcome.parity["deviations"]) == {"loss", "gradient_norms", "weight_norms", "change_norms"}
    assert None not in outcome.parity["deviations"].values()
    inference = outcome.result["inference"]
    assert inference["deviation"] < inference["tolerance"] / 10
