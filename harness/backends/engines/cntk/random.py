"""Random draws. Dropout's mask takes two numbers from each draw.

A draw is CNTK's slowest elementwise operation, 11 ns on one core; a comparison takes 0.3. A number u, uniform in
[0, 1), that is dropped with probability p in the first mask and independently of that in the second:

    u in [0, p^2): in both;   [p^2, p): in the first;   [p, 1 - p + p^2): in none;   [1 - p + p^2, 1): in the second
"""

import cntk as C

from harness.backends.engines.cntk.dtypes import held_in
from harness.backends.engines.cntk.native import Native, NotBatched, concrete, filled, static


def _drawn(engine, shape, like, draw, draw_like):
    """Random numbers of a shape: `draw_like()`, with the dynamic axes of a Native that has it, or `draw()`."""
    if like is not None and like.kind != "static" and like.shape == shape:
        return Native(shape, like.kind, draw_like())
    if engine.frame is not None:
        raise NotBatched
    return static(shape, draw())


def _random(draw, draw_like):
    """A lowering from CNTK's draws of a shape, and in the shape of a node with dynamic axes."""

    def lowering(engine, operation, *likes):
        at = operation.attributes
        shape, dtype = concrete(at["shape"], likes), held_in(operation.outputs[0].dtype)
        if "low" in at and at["low"] == at["high"]:
            return filled(shape, at["low"], dtype)  # a range that CNTK refuses
        like, seed = likes[0] if likes else None, engine.stream(at["seed"])
        return _drawn(engine, shape, like, lambda: draw(at, shape, seed, dtype), lambda: draw_like(at, like.node, seed))

    return lowering


def _uniform(at, shape, seed, dtype):
    return C.random.uniform(shape, dtype, low=at["low"], high=at["high"], seed=seed)


def _uniform_like(at, node, seed):
    return C.random.uniform_like(node, low=at["low"], high=at["high"], seed=seed)


def _normal(at, shape, seed, dtype):
    return C.random.normal(shape, dtype, mean=at["mean"], scale=at["std"], seed=seed)


def _normal_like(at, node, seed):
    return C.random.normal_like(node, mean=at["mean"], scale=at["std"], seed=seed)


def _dropout_mask(engine, operation, x, level):
    """1 where a draw is not below the level, else 0."""
    shape = concrete(operation.attributes["noise_shape"], [x])
    seed = engine.stream(operation.attributes["seed"])
    level = C.stop_gradient(level.static)
    return _drawn(engine, shape, x, lambda: _of_all(shape, level, seed), lambda: _of_samples(x, level, seed))


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


LOWERINGS = {
    "random_uniform": _random(_uniform, _uniform_like),
    "random_normal": _random(_normal, _normal_like),
    "dropout_mask": _dropout_mask,
}
