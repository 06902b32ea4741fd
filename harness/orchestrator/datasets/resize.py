"""Enlarging pictures in whole numbers, so that every machine gets the same bits."""

from __future__ import annotations

import numpy as np


def enlarge(pictures: np.ndarray, size: int) -> tuple[np.ndarray, int]:
    """Square integer pictures (n, k, k) to (n, size, size), bilinear between pixel centres, edges continued.

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
