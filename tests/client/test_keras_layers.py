"""Every layer, optimizer and loss of Keras 1.2.2 computes on K what it computes on Keras's own backend."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest

from benchmarks.speed.entrants import packages
from tests.client.runs import BACKENDS, HERE, KERAS_ITSELF, environment, start
from tests.once import once

REFERENCE = "numpy"
RTOL = 1e-5  # of the largest result of a model
LEAST = {KERAS_ITSELF: 44}  # models that Keras itself computes; ours compute all that the reference does
# Theano compiles for every function: there a layer's way forward is all that is computed here. Gradients of what the
# layers are made of are in tests/conformance.
FORWARD = ("theano",)


@once
def results(backend: str) -> dict[str, np.ndarray]:
    """ "<layer>|<label>" -> array."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trained = "forward" if backend in FORWARD else "trained"
        script, output = HERE / "layer_driver.py", folder / "results.npz"
        start(backend, folder, script, backend, packages(HERE, environment(backend)), output, trained)
        with np.load(output) as arrays:
            return dict(arrays)


@pytest.mark.parametrize("backend", [*(name for name in BACKENDS if name != REFERENCE), KERAS_ITSELF])
def test_keras_layers_compute_the_same(backend: str) -> None:
    found, expected = results(backend), results(REFERENCE)
    models = {key.split("|")[0] for key in expected}
    assert len({key.split("|")[0] for key in found}) >= LEAST.get(backend, len(models))
    assert {
        key: deviation(array, expected[key]) for key, array in found.items() if deviation(array, expected[key])
    } == {}


def deviation(found: np.ndarray, expected: np.ndarray) -> str | None:
    """What is wrong with a result, None if nothing."""
    if found.shape != expected.shape or not np.isfinite(found).all():
        return f"{found.shape}, finite: {np.isfinite(found).all()}"
    difference = np.abs(found - expected).max() / np.abs(expected).max()
    return None if difference < RTOL else f"{difference:.1e}"
