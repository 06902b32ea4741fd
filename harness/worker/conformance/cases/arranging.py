"""Shapes and axes of K: sizes as numbers, as parts of another tensor's shape, and unknown ones; joins and turns."""

import numpy as np

from harness.worker.conformance.forms import Program, draw, of_api

X = draw(4, 3, 2, seed=560)
Y = draw(4, 5, seed=561)
OPEN = (("x", 0), ("x", 1), ("y", 0), ("y", 1))


def shapes_known(K, x):
    """Whole numbers of Python's and NumPy's, a list, and what is left."""
    return {
        "tuple": K.reshape(x, (6, 4)),
        "rest": K.reshape(x, (2, -1, 3)),
        "numpy": K.reshape(x, (np.int64(3), np.int32(8))),
        "list": K.reshape(x, [-1]),
        "array": K.reshape(x, np.array([8, 3])),
    }


def shapes_open(K, x, y):
    """Sizes of tensors, products of them, and whole shapes."""
    sizes = K.shape(x)
    return {
        "own": K.reshape(x, (sizes[0], -1)),
        "product": K.reshape(x, (sizes[0] * sizes[1], 2)),
        "negative_place": K.reshape(x, (sizes[1], sizes[-1] * 2, -1)),
        "other": K.reshape(x, (2, K.shape(y)[0], -1)),
        "whole": K.reshape(y * 2.0, K.shape(y)),
        "less": K.reshape(y, (-1, K.shape(y)[1] - 1, 1)),
    }


def flat(K, x, y):
    """To one axis, and to two."""
    return {
        "flat": K.flatten(x),
        "rows": K.batch_flatten(x),
        "rows_of_rows": K.batch_flatten(y),
        "rows_of_vector": K.batch_flatten(K.flatten(y)),
    }


def permuted(K, x, y):
    """By positive and negative axes."""
    return {
        "x": K.permute_dimensions(x, (1, 2, 0)),
        "list": K.permute_dimensions(x, [-1, 0, 1]),
        "y": K.permute_dimensions(y, (1, 0)),
    }


def ones_of_size(K, x):
    """Axes of size 1 come and go."""
    inner = K.expand_dims(x, 1)
    return {
        "last": K.expand_dims(x),
        "inner": inner,
        "before_last": K.expand_dims(x, dim=-2),
        "first": K.expand_dims(x, 0),
        "squeezed": K.squeeze(inner, 1) * 2.0,
        "squeezed_last": K.squeeze(K.expand_dims(x), axis=-1) * 3.0,
    }


def joined(K, x, y):
    """Along axes from either end; stacked; one alone."""
    other = x * 2.0
    return {
        "last": K.concatenate([x, other]),
        "first": K.concatenate([x, other, x], axis=0),
        "inner": K.concatenate([x, other], axis=-2),
        "stacked": K.stack([x, other]),
        "alone": K.concatenate([y]),
    }


def of_dtypes(K, x, i, b):
    """Joined in the widest dtype."""
    return {
        "float": K.concatenate([i, x]),
        "integer": K.concatenate([b, i], axis=0),
        "stacked": K.stack([x, i, b]),
        "bools": K.concatenate([b, b]),
    }


def turned(K, x):
    """Along one axis, several, and none."""
    return {
        "first": K.reverse(x, 0),
        "last": K.reverse(x, axes=-1),
        "two": K.reverse(x, [0, 1]),
        "none": K.reverse(x, []),
    }


def marked(K, x):
    """A size that is open is known to be 1."""
    column = K.pattern_broadcast(x, [False, True])
    return {"sum": column + np.ones(3), "x": K.pattern_broadcast(x, (False, False)) * 2.0}


def sizes(K, x, y):
    """The shapes of a call, whole and in parts, and as numbers to compute with."""
    return {
        "x": K.shape(x),
        "part": K.shape(x)[1:],
        "count": K.shape(y)[0] * K.shape(y)[1],
        "mean": K.sum(y) / K.cast(K.shape(y)[0], K.floatx()),
    }


def known(bench):
    """What is known before a call: sizes, ranks, dtypes, and whether all of it is."""
    K, results = bench.K, {}
    tensors = {
        "placeholder": K.placeholder((None, 3, 2)),
        "of_rank": K.placeholder(ndim=2, dtype="int32"),
        "variable": K.variable(np.zeros((2, 5)), dtype="float64"),
        "bool": K.equal(K.placeholder((4,)), 0),
        "scalar": K.variable(1.0),
    }
    for label, tensor in tensors.items():
        sizes_ = [-1 if size is None else size for size in K.int_shape(tensor)]
        results["value/shape_" + label] = np.array(sizes_, "int32")
        results["value/rank_" + label] = np.array(K.ndim(tensor), "int32")
        results["value/dtype_" + label] = np.array(["float32", "float64", "int32", "bool"].index(K.dtype(tensor)))
    floats = results["value/dtype_placeholder"], results["value/dtype_scalar"]
    results.update({"value/dtype_placeholder": floats[0] < 2, "value/dtype_scalar": floats[1] < 2})
    explicit = [(None, 3), [2, np.int64(3)], (K.shape(tensors["placeholder"])[0], 3), "23", (2.0,)]
    results["value/explicit"] = np.array([K.is_explicit_shape(each) for each in explicit])
    results["value/count"] = np.array([K.count_params(tensors["variable"]), K.count_params(tensors["scalar"])], "int32")
    return results


CASES = [
    of_api("arranging-reshape", shapes_known, ("x",), x=X),
    of_api("arranging-reshape-open", shapes_open, ("x", "y"), open_axes=OPEN, x=X, y=Y),
    of_api("arranging-flatten", flat, ("x", "y"), x=X, y=Y),
    of_api("arranging-flatten-open", flat, ("x", "y"), open_axes=OPEN, x=X, y=Y),
    of_api("arranging-permute_dimensions", permuted, ("x", "y"), open_axes=OPEN[:1] + OPEN[3:], x=X, y=Y),
    of_api("arranging-axes_of_one", ones_of_size, ("x",), x=X),
    of_api("arranging-axes_of_one-open", ones_of_size, ("x",), open_axes=OPEN[:2], x=X),
    of_api("arranging-joined", joined, ("x", "y"), x=X, y=Y),
    of_api("arranging-joined-open", joined, ("x", "y"), open_axes=OPEN, x=X, y=Y),
    of_api(
        "arranging-joined-of_dtypes",
        of_dtypes,
        x=np.array([[0.5, 2.5]]),
        i=np.array([[3, -4]], "int32"),
        b=np.array([[True, False]]),
    ),
    of_api("arranging-reverse", turned, ("x",), x=X),
    of_api("arranging-reverse-open", turned, ("x",), open_axes=OPEN[:2], x=X),
    of_api("arranging-pattern_broadcast", marked, ("x",), open_axes=OPEN[:2], x=X[:, :1, 0]),
    of_api("arranging-shape", sizes, ("y",), open_axes=OPEN, x=X, y=Y),
    Program("arranging-known", known),
]
