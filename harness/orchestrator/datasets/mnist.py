"""MNIST: 70,000 handwritten digits, from the file that Keras publishes."""

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
