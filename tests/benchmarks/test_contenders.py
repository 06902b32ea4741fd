"""What our layer is compared with computes the same: every contender's first steps against NumPy in float64."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from benchmarks.speed.entrants import BENCHMARKS, packages
from harness.backends import api as K
from harness.backends.engines import registry
from harness.orchestrator.core.config import Limits
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.environments.provision import ensure
from harness.orchestrator.execution.executor import execute
from harness.orchestrator.execution.job import Job
from harness.orchestrator.execution.process import worker_variables
from harness.orchestrator.monitoring import machine
from harness.worker.protocol import SCHEMA
from harness.workloads.modeling.training import Model
from tests.once import once

DRIVER = Path(__file__).with_name("driven_contender.py")
EDITION = "2015-12"
SEED = 1
BATCH = 16
CALLS = ((0, BATCH), (BATCH, 3 * BATCH + 7))  # one step; then an epoch of two full batches and a smaller one
SAMPLES = CALLS[-1][1]
WORKLOADS = ("mnist_mlp", "imdb_lstm", "mnist_cnn")
# Weights: of the largest change of their array. NumPy in float32 on four sets of such batches: losses within 5e-7,
# weights within 7e-6, of imdb_lstm within 2e-3 (Adam divides gradients near its epsilon, 1e-8, where float32 knows them
# to a thousandth).
RTOL_LOSS = 1e-5
RTOL_CHANGE = {"mnist_mlp": 1e-4, "mnist_cnn": 1e-4, "imdb_lstm": 1e-2}
# Keras places epsilon elsewhere and clips probabilities: its first loss alone is ours.
RTOL_KERAS = 1e-4
# On Theano a few losses and weights are wanted: the plainest way to them.
PLAIN = "optimizer=fast_compile"
DISTURBANCE = 1e-6  # relative, of each weight: ten times what float32 rounds


def contenders(kind: str) -> list[tuple[str, str]]:
    """(library, workload) of all that there should be."""
    return list(product(sorted(folder.name for folder in (BENCHMARKS / kind).iterdir()), WORKLOADS))


def samples(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Images or reviews with labels, the same at every call."""
    rng = np.random.RandomState(SEED)
    if kind == "images":
        return rng.rand(SAMPLES, 28, 28).astype("float32"), rng.randint(0, 10, SAMPLES)
    return rng.randint(0, 20000, (SAMPLES, 100)).astype("int32"), rng.randint(0, 2, SAMPLES)


@pytest.fixture(autouse=True)
def float32_afterwards() -> Iterator[None]:
    yield
    K.set_floatx("float32")


@once
def ours(name: str, disturbance: float = 0.0) -> tuple[list[float], list[np.ndarray], list[np.ndarray]]:
    """Losses of the calls, and weights before and after them, of NumPy in float64; without dropout."""
    registry.use("numpy")
    K.set_floatx("float64")
    K.set_image_dim_ordering("tf")
    workload = importlib.import_module(f"harness.workloads.{name}").WORKLOAD
    model = Model(workload, workload.editions[EDITION], np.random.RandomState(SEED))
    model.switch_dropout(False)
    disturb(model, disturbance)
    before = canonical_weights(model)
    x, y = samples(workload.data_kind)
    x, y = workload.inputs(x), workload.targets(y)
    train = model.train_function()
    return [epoch(train, x, y, *call) for call in CALLS], before, canonical_weights(model)


def disturb(model: Model, disturbance: float) -> None:
    """Change every weight by at most `disturbance`, relative."""
    rng = np.random.RandomState(0)
    for weight in model.weights:
        value = K.get_value(weight.variable)
        K.set_value(weight.variable, value * (1 + disturbance * rng.uniform(-1, 1, value.shape)))


def canonical_weights(model: Model) -> list[np.ndarray]:
    return [weight.canonical() for weight in model.weights]


def epoch(train, x: np.ndarray, y: np.ndarray, begin: int, end: int) -> float:
    """Train on the samples batch by batch; their mean loss."""
    starts = range(begin, end, BATCH)
    ends = [min(start + BATCH, end) for start in starts]
    losses = [train([x[low:high], y[low:high]])[0] for low, high in zip(starts, ends, strict=True)]
    return float(np.average(losses, weights=np.subtract(ends, starts)))


@functools.cache
def environment(library: str) -> Environment:
    found = ensure([library], "cpu")[library]
    assert isinstance(found, Environment), found
    return found


def theirs(kind: str, library: str, name: str, folder: Path, **changed: object) -> tuple[list[float], list[np.ndarray]]:
    """Losses of the calls and trained weights of a contender, run in its library's environment."""
    found = environment(library)
    profile = "tuned" if kind == "native" else "stock"
    job = Job(
        python=str(found.python),
        variables=worker_variables(variables(found, profile, name)),
        request=request(kind, library, name, profile, folder) | changed,
        cpus=machine.choose_cpus(1),
        limits=Limits(),
        log=folder / "run",
        worker=DRIVER,
    )
    outcome = execute(job)
    assert outcome.status == "ok", (outcome.reason, outcome.stderr_tail)
    with np.load(folder / "trained.npz") as arrays:
        return outcome.result["losses"], [arrays[key] for key in arrays.files]


def variables(found: Environment, profile: str, name: str) -> dict[str, str]:
    """A worker's, with the probe's: the compile cache is not the one that runs are timed with."""
    apart = {key: found.written(text, 1) for key, text in found.specification.probe.variables.items()}
    if found.backend == "theano":
        apart["THEANO_FLAGS"] += f",{PLAIN}"
    return {**found.variables(profile, 1, workload=name), **apart}


def request(kind: str, library: str, name: str, profile: str, folder: Path) -> dict:
    """What the driver is asked to do; writes the samples that it trains on."""
    kind_of_data = importlib.import_module(f"harness.workloads.{name}").WORKLOAD.data_kind
    for key, array in zip("xy", samples(kind_of_data), strict=True):
        np.save(folder / f"{key}.npy", array)
    place = f"{kind}/{library}"
    return {
        "schema": SCHEMA,
        "backend": library,
        "workload": name,
        "edition": EDITION,
        "device": "cpu",
        "threads": 1,
        "profile": profile,
        "seed": SEED,
        "arrays": {f"{key}_{part}": str(folder / f"{key}.npy") for key in "xy" for part in ("train", "test")},
        "contender": place,
        "packages": packages(BENCHMARKS / place, environment(library)),
        "dropout": False,
        "batch_size": BATCH,
        "calls": CALLS,
        "planted": {},
        "trained": str(folder / "trained.npz"),
    }


def deviations(losses: list[float], trained: list[np.ndarray], name: str) -> tuple[float, float]:
    """The largest of a loss, relative, and of a weight, relative to the largest change of its array."""
    expected, before, after = ours(name)
    assert [weight.shape for weight in trained] == [weight.shape for weight in after]
    off = [
        np.abs(theirs - end).max() / np.abs(end - start).max()
        for theirs, start, end in zip(trained, before, after, strict=True)
    ]
    return float(np.abs(np.divide(losses, expected) - 1).max()), float(np.max(off))


@pytest.mark.parametrize(
    ("library", "name", "mistake"),
    [
        ("numpy", "mnist_mlp", {"planted": {"EPSILON": 1.1e-6}}),
        ("numpy", "imdb_lstm", {"planted": {"EPSILON": 1.1e-8}}),
        ("tensorflow", "mnist_cnn", {"planted": {"RHO": 0.951}}),
        ("cntk", "mnist_mlp", {"dropout": True}),
        ("cntk", "mnist_cnn", {"seed": SEED + 1}),
        ("cntk", "imdb_lstm", {"batch_size": BATCH + 1}),
    ],
)
def test_mistake_in_a_contender_is_caught(library: str, name: str, mistake: dict, tmp_path: Path) -> None:
    loss, change = deviations(*theirs("native", library, name, tmp_path, **mistake), name)
    assert loss > RTOL_LOSS or change > RTOL_CHANGE[name]


@pytest.mark.parametrize("name", WORKLOADS)
def test_samples_keep_away_from_kinks(name: str) -> None:
    """Else rounding could decide on which side of a relu an activation lies, and no tolerance would hold."""
    losses, _, trained = ours(name, DISTURBANCE)
    loss, change = deviations(losses, trained, name)
    assert loss < RTOL_LOSS
    assert change < RTOL_CHANGE[name]


@pytest.mark.parametrize(("library", "name"), contenders("native"))
def test_native_contender_trains_as_ours(library: str, name: str, tmp_path: Path) -> None:
    loss, change = deviations(*theirs("native", library, name, tmp_path), name)
    assert loss < RTOL_LOSS
    assert change < RTOL_CHANGE[name]


@pytest.mark.parametrize(("library", "name"), contenders("keras"))
def test_keras_contender_starts_as_ours(library: str, name: str, tmp_path: Path) -> None:
    losses, _ = theirs("keras", library, name, tmp_path, calls=CALLS[:1])
    assert losses[0] == pytest.approx(ours(name)[0][0], rel=RTOL_KERAS)
