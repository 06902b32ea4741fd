"""MNIST: 70,000 handwritten digits, from the file that Keras publishes; and other pictures in its format."""

from __future__ import annotations

import io

import numpy as np

from harness.orchestrator.datasets.model import Arrays, DataSet, Order, RealFile, Volume

FILE = RealFile(
    name="mnist.npz",
    url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
    sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    size_bytes=11_490_434,
)


def make(order: Order) -> Arrays:
    """The first rows of each part, in the file's order."""
    with np.load(io.BytesIO(order.content), allow_pickle=False) as archive:
        return {
            "x_train": grey_levels(archive["x_train"][: order.train]),
            "y_train": archive["y_train"][: order.train].astype(np.int32),
            "x_test": grey_levels(archive["x_test"][: order.test]),
            "y_test": archive["y_test"][: order.test].astype(np.int32),
        }


def grey_levels(pixels: np.ndarray) -> np.ndarray:
    """Pixels 0..255 as float32 in [0, 1]: the nearest float32 to k / 255."""
    return pixels.astype(np.float32) / np.float32(255)


def enlarge(pictures: np.ndarray, size: int) -> tuple[np.ndarray, int]:
    """Square integer pictures (n, k, k) to (n, size, size), bilinear between pixel centres, edges continued.

    Computed in whole numbers, so that every machine gets the same bits.

    Returns:
        int64 pictures multiplied by a scale, and the scale: divide to get the values.
    """
    weights, unit = _weights(pictures.shape[-1], size)
    return weights @ pictures.astype(np.int64) @ weights.T, unit * unit


def _weights(small: int, size: int) -> tuple[np.ndarray, int]:
    """Row i holds the shares of the small pixels in large pixel i, in parts of `unit`."""
    unit = 2 * size
    # Centre of large pixel i, counted in small pixels: (i + 1/2) * small / size - 1/2, here times `unit`.
    centres = np.clip((2 * np.arange(size) + 1) * small - size, 0, unit * (small - 1))
    left = np.minimum(centres // unit, small - 2)
    right_share = centres - left * unit
    weights = np.zeros((size, small), dtype=np.int64)
    weights[np.arange(size), left] = unit - right_share
    weights[np.arange(size), left + 1] = right_share
    return weights, unit


DATASET = DataSet(
    name="mnist",
    kind="images",
    version=1,
    description="MNIST",
    volume=Volume(60_000, 10_000),
    seeded=False,
    make=make,
    file=FILE,
)
