"""Normalisation by a batch's statistics, by given ones, and by length."""

import numpy as np

from harness.worker.conformance.forms import Expression, draw, of_api

ROWS = draw(6, 4, seed=520)
LAST = draw(3, 4, 5, 2, seed=521)  # channels last
FIRST = draw(3, 2, 4, 5, seed=522)  # channels first
SCALE = {2: draw(2, low=0.5, high=1.5, seed=523), 4: draw(4, low=0.5, high=1.5, seed=524)}
SHIFT = {2: draw(2, seed=525), 4: draw(4, seed=526)}
SCALE[2, 5], SHIFT[2, 5] = draw(2, 5, low=0.5, high=1.5, seed=531), draw(2, 5, seed=532)
MEAN, VARIANCE = draw(4, seed=527), draw(4, low=0.2, high=2.0, seed=528)
OPEN = (("x", 0), ("x", 1))


def in_training(label, x, axes, channels, open_axes=(), **more):
    """A case of normalize_batch_in_training over `axes`, a list."""

    def build(K, P, x, gamma, beta):
        named = ("y", "mean", "variance")
        return dict(zip(named, K.normalize_batch_in_training(x, gamma, beta, axes, **more)))

    inputs = {"x": x, "gamma": SCALE[channels], "beta": SHIFT[channels]}
    return Expression("normalization-in_training-" + label, inputs, build, tuple(inputs), open_axes=open_axes)


def given(label, x, mean, var, beta, gamma, open_axes=(), **more):
    """A case of batch_normalization; beta and gamma None are left out."""
    inputs = {"x": x, "mean": mean, "var": var}
    inputs.update((name, value) for name, value in (("beta", beta), ("gamma", gamma)) if value is not None)

    def build(K, P, x, mean, var, beta=None, gamma=None):
        return {"y": K.batch_normalization(x, mean, var, beta, gamma, **more)}

    return Expression("normalization-given-" + label, inputs, build, tuple(inputs), open_axes=open_axes)


def unchanged(K, x):
    """Neither scaled nor shifted."""
    return dict(zip(("y", "mean", "variance"), K.normalize_batch_in_training(x, None, None, [0])))


def by_length(label, x, axis, smooth=True, open_axes=()):
    """A case of l2_normalize."""
    name = "normalization-l2-" + label
    return of_api(name, lambda K, x: {"y": K.l2_normalize(x, axis)}, ("x",), smooth, open_axes, x=x)


CASES = [
    in_training("rows", ROWS, [0], 4, open_axes=OPEN),
    in_training("rows-epsilon", ROWS, [0], 4, epsilon=0.3),
    in_training("channels_last", LAST, [0, 1, 2], 2),
    in_training("channels_first", FIRST, [0, 2, 3], 2),
    in_training("two_axes_left", FIRST, [0, -2], (2, 5), open_axes=OPEN[:1]),
    of_api("normalization-in_training-unchanged", unchanged, ("x",), x=ROWS),
    in_training("one_number", np.array([[1.5, -2.0], [1.5, 3.0]]), [0], 2),
    given("vectors", ROWS, MEAN, VARIANCE, SHIFT[4], SCALE[4], open_axes=OPEN),
    given("vectors-epsilon", ROWS, MEAN, VARIANCE, SHIFT[4], SCALE[4], epsilon=0.5),
    given("without_beta", ROWS, MEAN, VARIANCE, None, SCALE[4]),
    given("without_gamma", ROWS, MEAN, VARIANCE, SHIFT[4], None),
    given(
        "channels_first",
        FIRST,
        *[
            values.reshape(1, 2, 1, 1)
            for values in (draw(2, seed=529), draw(2, low=0.2, high=2.0, seed=530), SHIFT[2], SCALE[2])
        ],
    ),
    by_length("last", ROWS, -1),
    by_length("first", ROWS, 0),
    by_length("two_axes", LAST, [1, 2]),
    by_length("inner-open", LAST, -2, open_axes=(("x", 0), ("x", 1), ("x", 2))),
    by_length("zeros", np.array([[0.0, 0.0], [3.0, 4.0], [1e-8, 0.0]]), 1, smooth=False),
]
