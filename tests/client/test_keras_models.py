"""Keras 1.2.2, unmodified, on K: seven models are built, trained, saved and loaded on every backend, and all agree."""

from __future__ import annotations

import numpy as np
import pytest

from tests.client.runs import BACKENDS, CONVOLUTIONS, KERAS_ITSELF, OTHERS, Run, run

MODELS = OTHERS + CONVOLUTIONS
REFERENCE = "numpy"
# Of the largest prediction; of each loss. Measured: at most 5e-7, and 5e-7.
RTOL_PREDICTION = 1e-5
RTOL_LOSS = 1e-4
# What fitting must come to: the share of the test loss that may be left; the share of test samples that are right.
LEARNT = {
    "mnist_mlp": (0.5, 0.7),
    "mnist_cnn": (0.8, 0.4),
    "imdb_lstm": (0.8, 0.8),
    "masked_bidirectional": (0.1, 0.95),
    "normalised_convnet": (0.2, 0.85),
    "stateful_rnn": (0.15, None),  # 0.24 if no state outlived a batch: the first of three numbers would be unknown
    "with_lambdas": (0.5, 0.8),
}
on_every_backend = pytest.mark.parametrize("backend", BACKENDS)
each_model = pytest.mark.parametrize("model", MODELS)


def deviation(found: Run, expected: Run, model: str, moment: str) -> float:
    """The largest difference of predictions, relative to the largest of them."""
    key = f"{model}|{moment}"
    assert found.predictions[key].shape == expected.predictions[key].shape
    return largest_difference(found.predictions[key], expected.predictions[key])


def largest_difference(found: np.ndarray, expected: np.ndarray) -> float:
    assert np.isfinite(found).all()
    return float(np.abs(found - expected).max() / np.abs(expected).max())


@on_every_backend
@each_model
def test_keras_model_learns(backend: str, model: str) -> None:
    report = run(backend).reports[model]
    left, right = LEARNT[model]
    assert report["after"][0] < left * report["before"][0]
    assert report["fitting"][-1] < report["fitting"][0]
    assert right is None or report["after"][1] >= right


@on_every_backend
@each_model
def test_keras_model_loaded_from_its_file_predicts_and_trains_as_it_did(backend: str, model: str) -> None:
    done = run(backend)
    assert largest_difference(done.predictions[f"{model}|loaded"], done.predictions[f"{model}|trained"]) < 1e-6
    if "went_on" in done.reports[model]:  # without dropout: the optimizer's state was in the file too
        assert done.reports[model]["copy_went_on"] == pytest.approx(done.reports[model]["went_on"], rel=1e-6)


@pytest.mark.parametrize("backend", [name for name in BACKENDS if name != REFERENCE])
@each_model
def test_keras_model_computes_the_same_on_every_backend(backend: str, model: str) -> None:
    found, expected = run(backend), run(REFERENCE)
    assert deviation(found, expected, model, "fresh") < RTOL_PREDICTION
    assert found.reports[model]["steps"] == pytest.approx(expected.reports[model]["steps"], rel=RTOL_LOSS)
    assert deviation(found, expected, model, "stepped") < RTOL_LOSS


@pytest.mark.parametrize("model", OTHERS)
def test_keras_model_computes_as_on_keras_own_backend(model: str) -> None:
    """Whose code shares nothing with K; Theano itself is all that the two have in common with one of our engines."""
    found, expected = run(REFERENCE), run(KERAS_ITSELF)
    assert deviation(found, expected, model, "fresh") < RTOL_PREDICTION
    assert found.reports[model]["steps"] == pytest.approx(expected.reports[model]["steps"], rel=RTOL_LOSS)
    assert deviation(found, expected, model, "stepped") < RTOL_LOSS


@on_every_backend
def test_masked_timesteps_change_nothing(backend: str) -> None:
    done = run(backend)
    fresh, padded = (done.predictions[f"masked_bidirectional|{moment}"] for moment in ("fresh", "variant"))
    assert largest_difference(padded, fresh) < 1e-6
    assert np.ptp(fresh) > 0.01  # and the inputs do
