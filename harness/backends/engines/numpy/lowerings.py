"""The primitives in NumPy, each in its plainest form and in the dtype of its inputs, float64 included.

They are called where NumPy's warnings are off, as on every other backend: the values tell.
"""

import numpy as np

from harness.backends.engines.numpy import convolution
from harness.backends.graph.dynamic_sizes import resolved
from harness.backends.graph.shape_rules import check_rows


def computed(operation, arrays):
    """The array that a primitive which needs no engine makes of arrays."""
    with np.errstate(all="ignore"):
        return np.asarray(LOWERINGS[operation.name](None, operation, *arrays))


def sigmoid(x):
    """1 / (1 + e^-x) through e^-|x|, which cannot overflow."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


def summed(x, axes, keepdims=False):
    """The sum over axes in x's dtype; that of float16 goes through float32, as a half of 2048 and 1 is 2048."""
    wide = np.float32 if x.dtype == np.float16 else x.dtype
    return np.sum(x, axis=axes, keepdims=keepdims, dtype=wide).astype(x.dtype)


def _concrete(operation, natives):
    """The sizes of a shape attribute that may name axes and numbers of the inputs."""
    shape = operation.attributes["shape"]
    return resolved(shape, lambda source, axis: natives[source].shape[axis], lambda source: int(natives[source]))


def _remainder(x, y):
    """The rest; of integers by -1 it is that by 1, since NumPy of old ends the process at the smallest integer."""
    return np.remainder(x, y if x.dtype.kind == "f" else np.where(y == -1, 1, y).astype(y.dtype))


def _power(x, y):
    """x ** y; NumPy takes 0.5 for a square root, which -inf does not have."""
    powers = np.power(x, y)
    if x.dtype.kind == "f" and np.any(y == 0.5):
        powers = np.where((x == -np.inf) & (y == 0.5), np.asarray(np.inf, x.dtype), powers)
    return powers


def _elementwise(function):
    return lambda engine, operation, *arrays: function(*arrays)


def _reduction(function):
    return lambda engine, operation, x: function(
        x, axis=operation.attributes["axes"], keepdims=operation.attributes["keepdims"]
    )


def _mean(x, axis, keepdims):
    """The mean; of nothing nan, without NumPy's warning."""
    if x.size:
        return np.mean(x, axis=axis, keepdims=keepdims)
    return np.full(np.sum(x, axis=axis, keepdims=keepdims).shape, np.nan, x.dtype)


def _fill(engine, operation, *like):
    return np.full(_concrete(operation, like), operation.attributes["value"], dtype=operation.outputs[0].dtype)


def _random_uniform(engine, operation, *like):
    """Below the upper limit, to which float64 draws may be rounded."""
    at, kind = operation.attributes, np.dtype(operation.outputs[0].dtype).type
    draws = engine.stream(at["seed"]).uniform(at["low"], at["high"], size=_concrete(operation, like))
    low, high = kind(at["low"]), kind(at["high"])
    return np.minimum(np.asarray(draws, dtype=kind), np.nextafter(high, low))


def _random_normal(engine, operation, *like):
    at = operation.attributes
    draws = engine.stream(at["seed"]).normal(at["mean"], at["std"], size=_concrete(operation, like))
    return np.asarray(draws, dtype=operation.outputs[0].dtype)


def _gather(engine, operation, reference, indices):
    check_rows(indices, len(reference))
    return reference[indices]


def _dot(engine, operation, x, y):
    # ndarray.dot of more than two axes leaves BLAS aside: (32, 100, 128) x (128, 512) took 271 ms instead of 5.
    return x.dot(y) if x.ndim == y.ndim == 2 else np.tensordot(x, y, axes=(x.ndim - 1, y.ndim - 2))


LOWERINGS = {
    "variable": lambda engine, operation: engine.current(operation),
    "constant": lambda engine, operation: operation.attributes["value"],
    "negative": _elementwise(np.negative),
    "absolute": _elementwise(np.abs),
    "sign": _elementwise(np.sign),
    "exp": _elementwise(np.exp),
    "log": _elementwise(np.log),
    "sqrt": _elementwise(lambda x: np.sqrt(np.maximum(x, 0))),
    "square": _elementwise(np.square),
    "sin": _elementwise(np.sin),
    "cos": _elementwise(np.cos),
    "tanh": _elementwise(np.tanh),
    "sigmoid": _elementwise(sigmoid),
    "softplus": _elementwise(lambda x: np.logaddexp(x, np.zeros((), x.dtype))),
    "floor": _elementwise(np.floor),
    "round": _elementwise(np.rint),
    "add": _elementwise(np.add),
    "subtract": _elementwise(np.subtract),
    "multiply": _elementwise(np.multiply),
    "divide": _elementwise(np.divide),
    "power": _elementwise(_power),
    "floor_divide": _elementwise(np.floor_divide),
    "modulo": _elementwise(_remainder),
    "maximum": _elementwise(np.maximum),
    "minimum": _elementwise(np.minimum),
    "equal": _elementwise(np.equal),
    "not_equal": _elementwise(np.not_equal),
    "greater": _elementwise(np.greater),
    "greater_equal": _elementwise(np.greater_equal),
    "less": _elementwise(np.less),
    "less_equal": _elementwise(np.less_equal),
    "sum": lambda engine, operation, x: summed(x, operation.attributes["axes"], operation.attributes["keepdims"]),
    "mean": _reduction(_mean),
    "max": _reduction(np.max),
    "min": _reduction(np.min),
    "product": lambda engine, operation, x: np.prod(
        x, axis=operation.attributes["axes"], keepdims=operation.attributes["keepdims"], dtype=x.dtype
    ),
    "argmax": lambda engine, operation, x: np.argmax(x, axis=operation.attributes["axis"]),
    "select": _elementwise(np.where),
    "cast": lambda engine, operation, x: x.astype(operation.attributes["dtype"]),
    "dot": _dot,
    "batched_dot": _elementwise(np.matmul),
    "transpose": lambda engine, operation, x: np.transpose(x, operation.attributes["pattern"]),
    "reshape": lambda engine, operation, x, *others: np.reshape(x, _concrete(operation, (x,) + others)),
    "expand_dims": lambda engine, operation, x: np.expand_dims(x, operation.attributes["axis"]),
    "squeeze": lambda engine, operation, x: np.squeeze(x, operation.attributes["axis"]),
    "slice": lambda engine, operation, x: x[operation.attributes["items"]],
    "concatenate": lambda engine, operation, *xs: np.concatenate(xs, axis=operation.attributes["axis"]),
    "pad": lambda engine, operation, x: np.pad(
        x, operation.attributes["widths"], mode="constant", constant_values=operation.attributes["value"]
    ),
    "gather": _gather,
    "fill": _fill,
    "count": lambda engine, operation, *likes: np.arange(*_concrete(operation, likes), dtype="int32"),
    "sizes": lambda engine, operation, x: np.array(np.shape(x), dtype="int32"),
    "to_dense": _elementwise(lambda x: x),
    "host": lambda engine, operation, *arrays: operation.attributes["function"](*arrays),
    "random_uniform": _random_uniform,
    "random_normal": _random_normal,
    "convolution": lambda engine, operation, x, kernel: convolution.convolve(x, kernel, operation.attributes),
    "pooling": lambda engine, operation, x: convolution.pool(x, operation.attributes),
    "stop_gradient": _elementwise(lambda x: x),
}
