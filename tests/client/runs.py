"""What the models gave on each backend: the driver started in its environment, once in a test session."""

from __future__ import annotations

import functools
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.speed.entrants import packages
from harness.orchestrator.datasets import digits
from harness.orchestrator.datasets.model import Order
from harness.orchestrator.environments.description.environment import Environment
from harness.orchestrator.environments.provision import ensure
from harness.orchestrator.execution.process import worker_variables
from tests.once import once

HERE = Path(__file__).parent
KERAS_ITSELF = "keras"  # on its own Theano backend
BACKENDS = ("numpy", "tensorflow", "theano", "cntk")
CONVOLUTIONS = ("mnist_cnn", "normalised_convnet")
OTHERS = ("mnist_mlp", "imdb_lstm", "masked_bidirectional", "stateful_rnn", "with_lambdas")
SAMPLES = 512, 64  # to train on and to test with
LIMIT_S = 1800  # Theano's cache may be cold and the machine busy

# Theano compiles for one run each, so the plainest way to the same values, with the compiler's flags of the conformance
# tests, whose modules are then taken. The lowerings are those of every run; what Theano's rewriting makes of them is
# looked at in tests/conformance. Keras itself needs no C as long as nothing is convolved.
IN_A_HURRY = {
    "theano": "optimizer=fast_compile",
    KERAS_ITSELF: "optimizer=fast_compile,cxx=",
}


@dataclass(frozen=True)
class Run:
    """Of each model the driver's report, and "<model>|<moment>" -> predictions."""

    reports: dict[str, dict]
    predictions: dict[str, np.ndarray]


@functools.cache
def environment(backend: str) -> Environment:
    """The backend's environment, built if need be."""
    library = "theano" if backend == KERAS_ITSELF else backend
    found = ensure([library], "cpu")[library]
    assert isinstance(found, Environment), f"{backend} is not here: {found}"
    return found


@once
def run(backend: str) -> Run:
    """Puts the models through Keras; Keras itself those without convolutions."""
    models = OTHERS if backend == KERAS_ITSELF else OTHERS + CONVOLUTIONS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save_digits(folder / "digits.npz")
        keras = packages(HERE, environment(backend))
        start(backend, folder, HERE / "driver.py", backend, keras, folder / "digits.npz", folder, ",".join(models))
        with np.load(folder / "predictions.npz") as arrays:
            return Run(json.loads((folder / "report.json").read_text()), dict(arrays))


def start(backend: str, folder: Path, script: Path, *arguments: object) -> subprocess.CompletedProcess:
    """Runs a script in the backend's environment, with `folder` as home."""
    ended = subprocess.run(
        [str(each) for each in (environment(backend).python, "-I", script, *arguments)],
        env={**variables(backend), "HOME": str(folder), "KERAS_HOME": str(folder), "KERAS_BACKEND": backend},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert ended.returncode == 0, (
        f"{backend}: exit code {ended.returncode}\n{ended.stdout[-2000:]}{ended.stderr[-4000:]}"
    )
    return ended


def variables(backend: str) -> dict[str, str]:
    """A worker's, with the probe's, one thread, and Theano in a hurry."""
    found = environment(backend)
    apart = {name: found.written(text, 1) for name, text in found.specification.probe.variables.items()}
    if backend in IN_A_HURRY:
        apart["THEANO_FLAGS"] += f",{IN_A_HURRY[backend]}"
    return worker_variables({**found.variables("stock", 1), **apart})


def save_digits(path: Path) -> None:
    """Real digits, with so much noise that no two pixels of a window are alike: who gets the gradient of a maximum's
    ties is not agreed upon."""
    arrays = digits.make(Order(*SAMPLES, seed=1))
    x = np.concatenate([arrays["x_train"], arrays["x_test"]])
    noise = np.random.RandomState(0).uniform(0, 0.01, x.shape)
    np.savez(path, x=(x + noise).astype("float32"), y=np.concatenate([arrays["y_train"], arrays["y_test"]]))
