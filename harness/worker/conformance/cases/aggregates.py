"""Reductions of K: each form of the axes, integers and bools, zeros among factors, ties, the smallest integers."""

import numpy as np

from harness.worker.conformance.forms import draw, of_api

X = draw(2, 3, 4, low=0.3, high=2.0, seed=540) * np.where(draw(2, 3, 4, seed=541) > 0.6, -1, 1)
OF_FLOATS = ("max", "min", "sum", "prod", "mean", "std", "var")
OF_TRUTHS = ("any", "all")
# label -> axis, keepdims
AXES = {
    "everything": (None, False),
    "one": (1, False),
    "negative": (-1, False),
    "several": ([0, -1], False),
    "pair": ((1, 2), False),
    "none": ([], False),
    "everything_kept": (None, True),
    "kept": (1, True),
    "several_kept": ([2, 0], True),
}
ZEROS = np.array([[2.0, 0.0, 3.0], [0.0, 0.5, 0.0], [1.5, 2.0, -1.0]])
TRUTHS = np.array([[[0.0, 0.0], [0.5, -1.0]], [[0.0, 2.0], [0.0, 0.0]]])
INTEGERS = np.array([[3, -1, 2], [0, 4, 4]], "int32")
BOOLS = np.array([[True, False, True], [True, True, True]])
TIES = np.array([[1.0, 3.0, 1.0, 3.0], [2.0, 2.0, 2.0, 2.0]])
EVEN = np.array([[2.0, 2.0, 2.0], [1.0, 2.0, 4.0]])
LEAST = {name: np.array([7, np.iinfo(name).min, 0, np.iinfo(name).min], name) for name in ("int8", "int32")}


def reduced(name):
    """One function over every form of the axes."""
    return lambda K, x: {label: getattr(K, name)(x, axis, keepdims) for label, (axis, keepdims) in AXES.items()}


def over_open(names):
    """Over an axis of unknown size, and beside it."""

    def build(K, x):
        results = {name: getattr(K, name)(x, axis=0) for name in names}
        results.update((name + "_beside", getattr(K, name)(x, axis=-1, keepdims=True)) for name in names)
        results.update((name + "_of_everything", getattr(K, name)(x)) for name in names)
        return results

    return build


def of_integers(K, x):
    """Sums, products and extremes keep the dtype, means are floatx."""
    return {name: getattr(K, name)(x, axis=1) for name in OF_FLOATS + OF_TRUTHS}


def of_bools(K, x):
    """Sums and products count."""
    return {name: getattr(K, name)(x, axis=1) for name in ("sum", "prod", "mean", "any", "all", "max", "min")}


def places(K, x):
    """Of the largest and the smallest, along each axis."""
    return {
        "largest": K.argmax(x),
        "smallest": K.argmin(x),
        "largest_first": K.argmax(x, axis=0),
        "smallest_first": K.argmin(x, 0),
        "smallest_middle": K.argmin(x, axis=-2),
        "largest_middle": K.argmax(x, axis=-2),
    }


def of_least(K, **given):
    """Numbers that have no negative."""
    results = {"argmin_" + name: K.argmin(x) for name, x in given.items()}
    results.update(("min_" + name, K.min(x)) for name, x in given.items())
    results.update(("argmax_" + name, K.argmax(x)) for name, x in given.items())
    return results


CASES = [of_api("aggregates-%s-axes" % name, reduced(name), ("x",), x=X) for name in OF_FLOATS]
CASES += [of_api("aggregates-%s-axes" % name, reduced(name), x=TRUTHS) for name in OF_TRUTHS]
CASES += [
    of_api("aggregates-open_batch", over_open(OF_FLOATS), ("x",), open_axes=(("x", 0),), x=X[:, 0]),
    of_api("aggregates-open_batch-truths", over_open(OF_TRUTHS), open_axes=(("x", 0),), x=TRUTHS[0]),
    of_api("aggregates-integers", of_integers, x=INTEGERS),
    of_api("aggregates-bytes", of_integers, x=np.array([[3, 200, 2], [0, 40, 40]], "uint8")),
    of_api("aggregates-bools", of_bools, x=BOOLS),
    of_api("aggregates-prod-zeros", lambda K, x: {"y": K.prod(x, axis=1), "all": K.prod(x)}, ("x",), x=ZEROS),
    of_api("aggregates-std-even", lambda K, x: {"y": K.std(x, axis=1)}, ("x",), False, x=EVEN),
    of_api("aggregates-min-ties", lambda K, x: {"y": K.min(x, axis=-1)}, ("x",), False, x=TIES),
    of_api("aggregates-places", places, x=X),
    of_api("aggregates-places-open", places, open_axes=(("x", 0), ("x", 1)), x=X),
    of_api("aggregates-places-ties", lambda K, x: {"y": K.argmin(x), "first": K.argmin(x, axis=0)}, x=TIES),
    of_api("aggregates-places-bools", lambda K, x: {"y": K.argmin(x), "z": K.argmax(x)}, x=BOOLS),
    of_api("aggregates-places-least", of_least, **LEAST),
    of_api("aggregates-places-bytes", of_least, uint8=np.array([3, 255, 0, 255], "uint8")),
]
