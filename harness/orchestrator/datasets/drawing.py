"""How synthetic data is drawn: from independent streams, block by block, the unclear half left out.

The same seed must give the same bytes on every machine. So the streams are PCG64, nothing is drawn but whole numbers,
and what is multiplied and summed stays small enough to be exact in floating point: then no order of summation, no
processor and no BLAS can change a bit. Rows are drawn in blocks of fixed size, so a short data set is the beginning of
a long one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

BLOCK = 4096

# rows -> features, labels, and which rows clearly belong to their class
Draw = Callable[[int], tuple[np.ndarray, np.ndarray, np.ndarray]]


def streams(seed: int, count: int) -> list[np.random.Generator]:
    """Independent generators; adding one leaves those before it unchanged."""
    children = np.random.SeedSequence(seed).spawn(count)
    return [np.random.Generator(np.random.PCG64(child)) for child in children]


def clear_rows(draw: Draw, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels of the first `rows` clear rows drawn."""
    features, labels, found = [], [], 0
    while found < rows:
        block_features, block_labels, clear = draw(BLOCK)
        features.append(block_features[clear])
        labels.append(block_labels[clear])
        found += int(clear.sum())
    return np.concatenate(features)[:rows], np.concatenate(labels)[:rows].astype(np.int32)
