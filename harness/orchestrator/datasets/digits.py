"""The 1,797 handwritten digits inside scikit-learn, enlarged to MNIST's format: real input without a network."""

from __future__ import annotations

import numpy as np

from harness.orchestrator.core.errors import DataError
from harness.orchestrator.datasets.mnist import enlarge, grey_levels
from harness.orchestrator.datasets.model import Arrays, DataSet, Order, Volume

SIDE = 28
LEVELS = 16  # a pixel of the originals is 0..16
TEST = 360  # a fifth


def make(order: Order) -> Arrays:
    """A split by the seed with every class in proportion, and the first rows of both parts."""
    load_digits, train_test_split = _scikit_learn()
    originals = load_digits()
    pixels = to_mnist_format(originals.images.astype(np.int64))
    x_train, x_test, y_train, y_test = train_test_split(
        grey_levels(pixels),
        originals.target.astype(np.int32),
        test_size=TEST,
        stratify=originals.target,
        random_state=order.seed,
    )
    return {
        "x_train": x_train[: order.train],
        "y_train": y_train[: order.train],
        "x_test": x_test[: order.test],
        "y_test": y_test[: order.test],
    }


def to_mnist_format(images: np.ndarray) -> np.ndarray:
    """Pictures of 8x8 pixels 0..16 as 28x28 pixels 0..255, uint8."""
    enlarged, scale = enlarge(images, SIDE)
    return ((enlarged * 255 + scale * LEVELS // 2) // (scale * LEVELS)).astype(np.uint8)


def _scikit_learn() -> tuple:
    """Imported here: it takes a second, and only this data set needs it."""
    try:
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split
    except ImportError as error:
        raise DataError(
            f"The digits cannot be read. Expected scikit-learn to be installed. Received {error}. "
            "Install it with: pip install scikit-learn"
        ) from error
    return load_digits, train_test_split


DATASET = DataSet(
    name="digits",
    kind="images",
    version=1,
    description="8x8 handwritten digits of scikit-learn, enlarged to 28x28",
    volume=Volume(1_797 - TEST, TEST),
    seeded=True,
    make=make,
)
