"""Synthetic data: shaped like the real thing, learnable, and the same on every machine."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from harness.orchestrator.datasets import synthetic_images, synthetic_reviews
from harness.orchestrator.datasets.cache import sum_of
from harness.orchestrator.datasets.model import Order


@pytest.fixture(scope="module")
def images():
    return synthetic_images.make(Order(8_000, 2_000, seed=1337))


@pytest.fixture(scope="module")
def reviews():
    return synthetic_reviews.make(Order(6_000, 2_000, seed=1337))


def bags_of_words(rows: np.ndarray) -> sparse.csr_matrix:
    starts = np.arange(0, rows.size + 1, rows.shape[1])
    return sparse.csr_matrix((np.ones(rows.size), rows.ravel(), starts), shape=(len(rows), 20_000))


def test_images_look_like_mnist_in_numbers(images):
    pixels = images["x_train"]
    assert pixels.shape == (8_000, 28, 28)
    assert pixels.dtype == np.float32
    assert (pixels.min(), pixels.max()) == (0, 1)
    assert 0.15 < (pixels > 0).mean() < 0.25  # MNIST: 0.19
    assert 0.10 < pixels.mean() < 0.18  # MNIST: 0.13
    assert 0.28 < pixels.std() < 0.36  # MNIST: 0.31
    assert np.array_equal(np.rint(pixels * 255) / np.float32(255), pixels)


def test_images_populate_every_class(images):
    for labels in (images["y_train"], images["y_test"]):
        shares = np.bincount(labels, minlength=10) / len(labels)
        assert len(shares) == 10
        assert shares.min() > 0.04
        assert shares.max() < 0.2


def test_images_are_learned_by_a_small_network_in_two_epochs(images):
    network = MLPClassifier((128,), batch_size=128, max_iter=2, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(images["x_train"].reshape(8_000, -1), images["y_train"])
    assert network.score(images["x_test"].reshape(2_000, -1), images["y_test"]) > 0.6


def test_images_of_both_parts_differ(images):
    train = {bytes(picture) for picture in images["x_train"]}
    assert len(train) == 8_000
    assert not train & {bytes(picture) for picture in images["x_test"]}


def test_reviews_are_numbered_like_real_ones(reviews):
    rows = reviews["x_train"]
    assert rows.shape == (6_000, 100)
    assert rows.dtype == np.int32
    assert rows.min() == 0
    assert 19_000 < rows.max() < 20_000
    assert not (rows == 3).any()


def test_reviews_are_padded_before_the_start_mark(reviews):
    for row in reviews["x_train"]:
        words = row[np.argmax(row != 0) :]
        assert (words != 0).all()
        assert not (words[1:] == 1).any()
        assert words[0] == 1 or len(words) == 100
        assert len(words) >= 11


def test_reviews_are_mostly_longer_than_a_row(reviews):
    shorter = (reviews["x_train"][:, 0] == 0).mean()
    assert 0.05 < shorter < 0.2


def test_reviews_follow_zipf():
    table = synthetic_reviews.zipf_table()
    counts = np.diff(table, prepend=0)
    assert counts.sum() == 2**32
    ranks = np.arange(1, len(counts) + 1)
    slope = np.polyfit(np.log(ranks[20:5_000]), np.log(counts[20:5_000]), 1)[0]
    assert slope == pytest.approx(-1, abs=0.02)


def test_reviews_have_the_slope_of_zipf_in_their_words(reviews):
    counts = np.bincount(reviews["x_train"].ravel(), minlength=20_000)[4:]
    slope = np.polyfit(np.log(np.arange(20, 300)), np.log(counts[19:299]), 1)[0]
    assert slope == pytest.approx(-1, abs=0.1)


def test_reviews_replace_few_words_as_too_rare(reviews):
    words = reviews["x_train"][reviews["x_train"] > 1]
    assert 0.02 < (words == 2).mean() < 0.04


def test_reviews_are_balanced(reviews):
    assert set(reviews["y_train"]) == {0, 1}
    assert 0.45 < reviews["y_train"].mean() < 0.55


def test_reviews_are_learned_from_their_words(reviews):
    model = LogisticRegression(C=0.1, solver="liblinear").fit(bags_of_words(reviews["x_train"]), reviews["y_train"])
    assert model.score(bags_of_words(reviews["x_test"]), reviews["y_test"]) > 0.8


@pytest.mark.parametrize("module", [synthetic_images, synthetic_reviews])
def test_a_short_data_set_is_the_beginning_of_a_long_one(module):
    long, short = module.make(Order(3_000, 50, seed=4)), module.make(Order(10, 2_500, seed=4))
    for name, rows in (("x_train", 10), ("y_train", 10), ("x_test", 50), ("y_test", 50)):
        np.testing.assert_array_equal(short[name][:rows], long[name][:rows])


@pytest.mark.parametrize("module", [synthetic_images, synthetic_reviews])
def test_the_seed_changes_every_array(module):
    one, other = module.make(Order(50, 50, seed=4)), module.make(Order(50, 50, seed=5))
    assert all(not np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        (synthetic_images, "48df8e10a6fe35039534a0526e99c7064bd54e6b90b082d810edaf5f0a348d3f"),
        (synthetic_reviews, "acb6dbbe82a081cf3a6fca9187190f2273941c473c73ab1a547ade4604cce48d"),
    ],
)
def test_synthetic_data_is_the_same_bytes_everywhere(module, expected):
    assert sum_of(module.make(Order(64, 32, seed=1337))) == expected
