"""Activations of K that neural.py has not, and alpha and max_value as numbers and as tensors."""

import numpy as np

from harness.worker.conformance.forms import draw, of_api

X = draw(3, 4, low=-3.0, high=3.0, seed=510)
LEAKS = draw(4, low=0.1, high=0.6, seed=511)
LIMIT = np.array(1.75)
EXTREMES = np.array([-1000.0, -60.0, -1.0, 0.0, 1.0, 60.0, 1000.0])
KINKS = np.array([-1.0, 0.0, 2.0, 3.0])


def curves(K, x):
    """Those without a parameter, and elu with and without its."""
    return {
        "softplus": K.softplus(x),
        "softsign": K.softsign(x),
        "elu": K.elu(x),
        "half_elu": K.elu(x, alpha=0.5),
    }


def learnt(K, x, alpha, limit):
    """relu and elu with tensors for alpha and max_value."""
    return {
        "leaky": K.relu(x, alpha=alpha),
        "limited": K.relu(x, max_value=limit),
        "both": K.relu(x, alpha, limit),
        "elu": K.elu(x, alpha),
    }


def numbers(K, x):
    """relu with numbers, one at a time."""
    return {"leaky": K.relu(x, alpha=0.25), "limited": K.relu(x, max_value=1.5), "both": K.relu(x, -0.5, 2)}


def of_integers(K, x):
    """relu alone leaves them integers; a leak or a limit that is none makes floats."""
    return {"alone": K.relu(x), "leaky": K.relu(x, alpha=0.5), "limited": K.relu(x, max_value=2.5)}


CASES = [
    of_api("activations-curves", curves, ("x",), x=X),
    of_api("activations-extremes", curves, ("x",), False, x=EXTREMES),
    of_api("activations-relu-numbers", numbers, ("x",), x=X),
    of_api("activations-relu-of_integers", of_integers, x=np.array([-2, 0, 3], "int32")),
    of_api("activations-relu-kinks", lambda K, x: {"y": K.relu(x, 0.5, 2.0)}, ("x",), False, x=KINKS),
    of_api("activations-tensors", learnt, ("x", "alpha", "limit"), x=X, alpha=LEAKS, limit=LIMIT),
]
