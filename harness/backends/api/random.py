"""Random tensors: fresh draws at each evaluation. `seed` names a stream; None takes one from numpy's global state."""

import numpy as np

from harness.backends import operators, primitives, settings, shapes
from harness.backends.api import sizes
from harness.backends.errors import ShapeMismatch, TypeMismatch

LARGEST_SEED = 2**31 - 1  # TensorFlow and Theano take signed 32-bit seeds


def chosen_seed(seed):
    """`seed`, or a draw from numpy's global state, so that np.random.seed governs."""
    return int(np.random.randint(LARGEST_SEED)) if seed is None else int(seed)


def generator(seed):
    """What draws a variable's first value: NumPy's generator of a seed, or its global one."""
    return np.random if seed is None else np.random.RandomState(seed)


def _dtype(op, dtype):
    """A float type; None is floatx."""
    chosen = shapes.checked_dtype(dtype or settings.get("floatx"))
    if chosen not in shapes.FLOATS:
        raise TypeMismatch("%s: dtype has no fractions. Expected a float dtype. Received dtype=%r." % (op, dtype))
    return chosen


def random_uniform(shape, low=0.0, high=1.0, dtype=None, seed=None):
    """Uniform draws in [low, high).

    Parameters
    ----------
    shape : tuple of ints and of sizes such as K.shape(x)[0], or K.shape(x)
    low, high : numbers
    dtype : str or None       a float type; None: floatx
    seed : int or None
    Returns
    -------
    tensor, shape, dtype      drawn anew at each evaluation

    Notes
    -----
    Differs: the libraries' streams differ; only moments agree between backends.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, random_uniform.
    """
    entries, likes = sizes.attribute("random_uniform", shape)
    return primitives.random_uniform(likes, entries, low, high, _dtype("random_uniform", dtype), chosen_seed(seed))


def random_normal(shape, mean=0.0, std=1.0, dtype=None, seed=None):
    """Normal draws; arguments and notes as for random_uniform."""
    entries, likes = sizes.attribute("random_normal", shape)
    return primitives.random_normal(likes, entries, mean, std, _dtype("random_normal", dtype), chosen_seed(seed))


def random_binomial(shape, p=0.0, dtype=None, seed=None):
    """1 with probability `p`, else 0; other arguments and notes as for random_uniform.

    Raises
    ------
    ShapeMismatch    p is not in [0, 1]
    """
    if not 0.0 <= p <= 1.0:
        raise ShapeMismatch("random_binomial: no probability. Expected 0 <= p <= 1. Received p=%r." % (p,))
    wanted = shapes.checked_dtype(dtype or settings.get("floatx"))
    entries, likes = sizes.attribute("random_binomial", shape)
    draws = primitives.random_uniform(likes, entries, 0.0, 1.0, "float32", chosen_seed(seed))
    return operators.cast(operators.comparison("less", draws, p), wanted)
