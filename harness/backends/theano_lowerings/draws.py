"""Random draws from Theano's MRG31k3p streams: each function has its own substreams, and each call goes on in them."""

import numpy as np

from harness.backends.theano_lowerings.native_types import wanted_sizes


def _draw(operation, likes, draw, first, second):
    """What `draw(size, first, second, dtype=...)` gives for the operation's sizes; it knows no draw without axes."""
    dtype, sizes = operation.outputs[0].dtype, wanted_sizes(operation, likes)
    drawn = draw(sizes or (1,), np.asarray(first, dtype=dtype), np.asarray(second, dtype=dtype), dtype=dtype)
    return drawn if sizes else drawn[0]


def _random_uniform(engine, operation, *likes):
    at = operation.attributes
    return _draw(operation, likes, engine.stream(at["seed"]).uniform, at["low"], at["high"])


def _random_normal(engine, operation, *likes):
    at = operation.attributes
    return _draw(operation, likes, engine.stream(at["seed"]).normal, at["mean"], at["std"])


LOWERINGS = {"random_uniform": _random_uniform, "random_normal": _random_normal}
