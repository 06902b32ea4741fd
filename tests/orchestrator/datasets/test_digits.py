"""The handwritten digits of scikit-learn in MNIST's format."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from harness.orchestrator.datasets import digits
from harness.orchestrator.datasets.cache import sum_of
from harness.orchestrator.datasets.mnist import enlarge
from harness.orchestrator.datasets.model import Order


@pytest.fixture(scope="module")
def whole():
    return digits.make(Order(1_437, 360, seed=1337))


def test_digits_have_the_format_of_mnist(whole):
    assert whole["x_train"].shape == (1_437, 28, 28)
    assert whole["x_test"].shape == (360, 28, 28)
    assert whole["x_train"].dtype == np.float32
    assert whole["y_train"].dtype == np.int32
    assert (whole["x_train"].min(), whole["x_train"].max()) == (0, 1)


def test_digits_are_split_without_loss_or_overlap(whole):
    rows = np.concatenate([whole["x_train"], whole["x_test"]]).reshape(1_797, -1)
    expected = digits.to_mnist_format(load_digits().images.astype(int)).reshape(1_797, -1)
    found = np.rint(rows * 255).astype(np.uint8)
    assert sorted(map(bytes, found)) == sorted(map(bytes, expected))


def test_digits_keep_the_proportion_of_classes(whole):
    train, test = np.bincount(whole["y_train"]), np.bincount(whole["y_test"])
    assert np.abs(test - (train + test) / 5).max() < 1.5


def test_digits_keep_pictures_and_labels_together(whole):
    model = KNeighborsClassifier(1).fit(whole["x_train"].reshape(1_437, -1), whole["y_train"])
    assert model.score(whole["x_test"].reshape(360, -1), whole["y_test"]) > 0.9


def test_digits_split_follows_the_seed(whole):
    np.testing.assert_array_equal(digits.make(Order(1_437, 360, seed=1337))["y_train"], whole["y_train"])
    assert not np.array_equal(digits.make(Order(1_437, 360, seed=1338))["y_train"], whole["y_train"])


def test_digits_are_the_same_bytes_everywhere():
    expected = "bf8be025f3da5f20f896d98742ca786e1c72a7647c0e66542336e649de0adc73"
    assert sum_of(digits.make(Order(64, 32, seed=1337))) == expected


def test_to_mnist_format_agrees_with_bilinear_zoom():
    images = load_digits().images[:50]
    expected = ndimage.zoom(images / 16, (1, 3.5, 3.5), order=1, mode="nearest", grid_mode=True) * 255
    assert np.abs(digits.to_mnist_format(images.astype(int)) - expected).max() <= 0.5 + 1e-9


def test_enlarge_keeps_a_flat_picture_flat():
    enlarged, scale = enlarge(np.full((1, 8, 8), 5), 28)
    assert np.array_equal(enlarged, np.full((1, 28, 28), 5 * scale))
