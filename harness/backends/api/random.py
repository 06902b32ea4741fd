"""Random tensors: fresh draws at each evaluation. `seed` names a stream; None takes one from numpy's global state."""

import numpy as np

from harness.backends import primitives, settings

LARGEST_SEED = 2**31 - 1  # TensorFlow and Theano take signed 32-bit seeds


def chosen_seed(seed):
    """`seed`, or a draw from numpy's global state, so that np.random.seed governs."""
    return int(np.random.randint(LARGEST_SEED)) if seed is None else int(seed)


def random_uniform(shape, low=0.0, high=1.0, dtype=None, seed=None):
    """Uniform draws in [low, high), `shape` a tuple of ints.

    Notes
    -----
    Differs: the libraries' streams differ; only moments agree between backends.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, random_uniform.
    """
    return primitives.random_uniform(None, shape, low, high, dtype or settings.get("floatx"), chosen_seed(seed))


def random_normal(shape, mean=0.0, std=1.0, dtype=None, seed=None):
    """Normal draws, `shape` a tuple of ints; notes as for random_uniform."""
    return primitives.random_normal(None, shape, mean, std, dtype or settings.get("floatx"), chosen_seed(seed))
