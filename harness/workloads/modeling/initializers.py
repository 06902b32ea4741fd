"""First weights, drawn by NumPy alone, so that every backend starts from the same numbers."""

import numpy as np


def glorot_uniform(rng, shape, fan_in, fan_out):
    """Uniform in +-sqrt(6 / (fan_in + fan_out)). [X. Glorot, Y. Bengio: Understanding the difficulty ..., 2010]"""
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, size=shape)


def uniform(rng, shape, limit):
    """Uniform in [-limit, limit)."""
    return rng.uniform(-limit, limit, size=shape)


def orthogonal(rng, size, scale):
    """A random orthogonal matrix, (size, size), times `scale`.

    Gram-Schmidt on normal draws: the distribution that Keras gets from a singular value decomposition, but without
    LAPACK, whose versions differ in signs, and the environments' NumPys bring different ones.
    """
    rows = rng.normal(size=(size, size))
    for index in range(size):
        for _ in range(2):  # once more against rounding
            rows[index] -= np.sum(rows[:index] * np.sum(rows[:index] * rows[index], axis=1)[:, None], axis=0)
        rows[index] /= np.sqrt(np.sum(rows[index] ** 2))
    return scale * rows
