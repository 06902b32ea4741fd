"""Numbers for the workload noop: a quarter to three quarters, over and over, all of one label."""

from __future__ import annotations

import numpy as np

from harness.orchestrator.datasets.model import Arrays, DataSet, Order, Volume

STEPS = 64  # numbers that differ, each exact in float32


def make(order: Order) -> Arrays:
    """The same numbers for training and test."""
    return {
        f"{kind}_{part}": array
        for part, rows in (("train", order.train), ("test", order.test))
        for kind, array in (("x", numbers(rows)), ("y", np.ones(rows, dtype=np.int32)))
    }


def numbers(rows: int) -> np.ndarray:
    """(rows, 1), float32."""
    return ((np.arange(rows) % STEPS + STEPS / 2) / (2 * STEPS)).astype(np.float32)[:, np.newaxis]


DATASET = DataSet(
    name="synthetic",
    kind="numbers",
    version=1,
    description="synthetic, one number a sample",
    volume=Volume(5_000, 1_000),
    seeded=False,
    make=make,
)
