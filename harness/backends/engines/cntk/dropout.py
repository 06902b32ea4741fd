"""Dropout's mask: two numbers of it from one draw.

A draw is CNTK's slowest elementwise operation, 11 ns on one core; a comparison takes 0.3. A number u, uniform in
[0, 1), that is dropped with probability p in the first mask and independently of that in the second:

    u in [0, p^2): in both;   [p^2, p): in the first;   [p, 1 - p + p^2): in none;   [1 - p + p^2, 1): in the second
"""

import cntk as C

from harness.backends.engines.cntk.shaping import concrete, drawn


def dropout_mask(engine, operation, x, level):
    """1 where a draw is not below the level, else 0."""
    shape = concrete(operation.attributes["noise_shape"], [x])
    seed = engine.stream(operation.attributes["seed"])
    level = C.stop_gradient(level.static)
    return drawn(engine, shape, x, lambda: _of_all(shape, level, seed), lambda: _of_samples(x, level, seed))


def _of_all(shape, level, seed):
    if not shape or shape[0] % 2:
        return C.greater_equal(C.random.uniform(shape, level.dtype, seed=seed), level)
    return _double(C.random.uniform((shape[0] // 2,) + shape[1:], level.dtype, seed=seed), level)


def _of_samples(x, level, seed):
    """The mask with x's dynamic axes: halves of each sample where these are the batch alone."""
    if x.kind != "batch" or len(x.shape) < 2 or x.shape[1] % 2:
        return C.greater_equal(C.random.uniform_like(x.node, seed=seed), level)
    return _double(C.random.uniform_like(C.slice(x.node, 0, 0, x.shape[1] // 2), seed=seed), level)


def _double(draws, level):
    """Both masks, one after the other along the first axis."""
    both = C.element_times(level, level)
    second = C.greater_equal(draws, both) - C.greater_equal(draws, 1.0 - level + both)
    return C.splice(C.greater_equal(draws, level), second, axis=0)


LOWERINGS = {"dropout_mask": dropout_mask}
