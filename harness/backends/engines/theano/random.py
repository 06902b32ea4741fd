"""Random draws: each operation has a stream of its own in each function, and each call goes on in it."""

import numpy as np
from theano import tensor as T

from harness.backends.engines.theano.counted_draws import uniform
from harness.backends.engines.theano.dtypes import wanted_sizes, wider


def _random_uniform(engine, operation, *likes):
    """Of float16 in float32, for which there is C."""
    at, dtype = operation.attributes, wider(operation.outputs[0].dtype)
    sizes = wanted_sizes(operation.attributes["shape"], likes)
    drawn = uniform(engine.key(at["seed"]), sizes or (1,), dtype)
    low, high = (np.asarray(at[name], dtype=dtype) for name in ("low", "high"))
    drawn = drawn if (low, high) == (0, 1) else drawn * (high - low) + low
    return drawn if sizes else drawn[0]


def _random_normal(engine, operation, *likes):
    """From MRG31k3p, as Theano has it; it knows no draw without axes, or of nothing."""
    at, dtype = operation.attributes, operation.outputs[0].dtype
    sizes = wanted_sizes(operation.attributes["shape"], likes)
    mean, std = (np.asarray(at[name], dtype=dtype) for name in ("mean", "std"))
    if any(isinstance(size, int) and size == 0 for size in sizes):
        return T.alloc(mean, *sizes)
    drawn = engine.stream(at["seed"]).normal(sizes or (1,), mean, std, dtype=dtype)
    return drawn if sizes else drawn[0]


LOWERINGS = {"random_uniform": _random_uniform, "random_normal": _random_normal}
