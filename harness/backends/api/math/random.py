"""Random tensors: fresh draws at each evaluation. `seed` names a stream; None takes one from numpy's global state."""

import numpy as np

from harness.backends.api.arguments import checks, shapes
from harness.backends.errors import TypeMismatch
from harness.backends.graph import dtypes, operators, primitives

LARGEST_SEED = 2**31 - 1  # TensorFlow and Theano take signed 32-bit seeds


def chosen_seed(op, seed):
    """`seed`, or a draw from numpy's global state, so that np.random.seed governs."""
    return int(np.random.randint(LARGEST_SEED)) if seed is None else _checked_seed(op, seed)


def _checked_seed(op, seed):
    """`seed` as an int that all libraries take."""
    return int(checks.number(op, "seed", checks.whole(op, "seed", seed), 0, LARGEST_SEED))


def generator(op, seed):
    """What draws a variable's first value: NumPy's generator of a seed, or its global one."""
    return np.random if seed is None else np.random.RandomState(_checked_seed(op, seed))


def _dtype(op, dtype):
    """A float type; None is floatx."""
    chosen = checks.dtype(op, dtype)
    if chosen not in dtypes.FLOATS:
        raise TypeMismatch("%s: dtype has no fractions. Expected a float dtype. Received dtype=%s." % (op, chosen))
    return chosen


def limits(op, low, high):
    """`low` and `high`, two finite numbers in this order."""
    low = checks.finite(op, "low", low)
    return low, checks.finite(op, "high", high, least=low)


def random_uniform(shape, low=0.0, high=1.0, dtype=None, seed=None):
    """Uniform draws in [low, high).

    Parameters
    ----------
    shape : tuple            ints and sizes such as K.shape(x)[0], or K.shape(x)
    low, high : numbers
    dtype : str or None      a float type; None: floatx
    seed : int or None       the stream; None: one that NumPy's global state draws
    Returns
    -------
    tensor, shape, dtype     drawn anew at each evaluation
    Raises
    ------
    TypeMismatch             a size or seed is no integer, a limit no number, or dtype no float type
    ShapeMismatch            a size is negative, high < low, one of them is not finite, or seed is not in [0, 2^31)

    Notes
    -----
    Differs: the libraries' streams differ; only moments agree between backends.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, random_uniform.
    """
    op = "random_uniform"
    entries, likes = shapes.attribute(op, shape)
    low, high = limits(op, low, high)
    wanted = _dtype(op, dtype)
    draws = primitives.random_uniform(likes, entries, low, high, wanted, chosen_seed(op, seed))
    return draws if wanted != "float16" and (low, high) == (0, 1) else _below(draws, low, high)


def _below(draws, low, high):
    """Draws less than `high`, to which libraries round some of them."""
    kind = np.dtype(draws.dtype).type
    return operators.binary("minimum", draws, np.nextafter(kind(high), kind(low)))


def random_normal(shape, mean=0.0, std=1.0, dtype=None, seed=None):
    """Normal draws.

    Parameters
    ----------
    shape : tuple            ints and sizes such as K.shape(x)[0], or K.shape(x)
    mean, std : numbers
    dtype : str or None      a float type; None: floatx
    seed : int or None       the stream; None: one that NumPy's global state draws
    Returns
    -------
    tensor, shape, dtype     drawn anew at each evaluation
    Raises
    ------
    TypeMismatch             a size or seed is no integer, mean or std no number, or dtype no float type
    ShapeMismatch            a size or std is negative, mean or std is not finite, or seed is not in [0, 2^31)

    Notes
    -----
    Differs: the libraries' streams differ; only moments agree between backends.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, random_normal.
    """
    op = "random_normal"
    entries, likes = shapes.attribute(op, shape)
    mean, std = checks.finite(op, "mean", mean), checks.finite(op, "std", std, least=0)
    return primitives.random_normal(likes, entries, mean, std, _dtype(op, dtype), chosen_seed(op, seed))


def random_binomial(shape, p=0.0, dtype=None, seed=None):
    """1 with probability `p`, else 0.

    Parameters
    ----------
    shape : tuple            ints and sizes such as K.shape(x)[0], or K.shape(x)
    p : number               in [0, 1]
    dtype : str or None      None: floatx
    seed : int or None       the stream; None: one that NumPy's global state draws
    Returns
    -------
    tensor, shape, dtype     drawn anew at each evaluation
    Raises
    ------
    TypeMismatch             a size or seed is no integer, p no number, or dtype not known
    ShapeMismatch            p is not in [0, 1], a size is negative, or seed is not in [0, 2^31)

    Notes
    -----
    Differs: the libraries' streams differ; only moments agree between backends.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, random_binomial.
    """
    op = "random_binomial"
    p = checks.number(op, "p", p, 0, 1)
    wanted = checks.dtype(op, dtype)
    entries, likes = shapes.attribute(op, shape)
    draws = primitives.random_uniform(likes, entries, 0.0, 1.0, "float32", chosen_seed(op, seed))
    return operators.cast(operators.comparison("less", draws, p), wanted)
