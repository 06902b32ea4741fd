"""Products, shapes, slices, joins and rows by number."""

import numpy as np

from harness.worker.conformance.forms import Expression, draw

X = draw(4, 3, 5, seed=30)
ROWS = draw(6, 3, seed=31)


def shaped(label, build, x=X, free=()):
    """A case of one input `x` and its gradient."""
    return Expression("shaping-" + label, {"x": x}, lambda K, P, x: {"y": build(P, x)}, ("x",), free=free)


def dot(label, x, y, free=()):
    """A case of primitives.dot."""
    return Expression(
        "shaping-dot-" + label, {"x": x, "y": y}, lambda K, P, x, y: {"z": P.dot(x, y)}, ("x", "y"), free=free
    )


def sliced(label, *items):
    """A case of primitives.slice_ on X."""
    return shaped("slice-" + label, lambda P, x: P.slice_(x, items))


def joined(label, axis, x, y, free=()):
    """A case of primitives.concatenate."""
    return Expression(
        "shaping-concatenate-" + label,
        {"x": x, "y": y},
        lambda K, P, x, y: {"z": P.concatenate([x, y, x], axis)},
        ("x", "y"),
        free=free,
    )


def gathered(label, indices):
    """A case of primitives.gather."""
    return Expression(
        "shaping-gather-" + label,
        {"reference": ROWS, "indices": indices},
        lambda K, P, reference, indices: {"y": P.gather(reference, indices)},
        ("reference",),
    )


ALL = slice(None)


def fill_like(K, P, x):
    """A fill with the sizes that an input has when the graph runs."""
    from harness.backends.graph.dynamic_sizes import DimensionOf

    return {"y": P.fill(x, (DimensionOf(0), 2, DimensionOf(2)), -0.5, x.dtype)}


CASES = [
    dot("2d_2d", draw(3, 4, seed=32), draw(4, 5, seed=33)),
    dot("2d_2d-free_batch", draw(3, 4, seed=32), draw(4, 5, seed=33), free=("x",)),
    dot("3d_2d", draw(2, 3, 4, seed=34), draw(4, 5, seed=35)),
    dot("3d_2d-free_batch", draw(2, 3, 4, seed=34), draw(4, 5, seed=35), free=("x",)),
    dot("2d_3d", draw(3, 4, seed=36), draw(2, 4, 5, seed=37)),
    dot("3d_3d", draw(2, 3, 4, seed=38), draw(2, 4, 5, seed=39)),
    shaped("transpose-2d", lambda P, x: P.transpose(x, (1, 0)), ROWS),
    shaped("transpose-3d", lambda P, x: P.transpose(x, (2, 0, 1))),
    shaped("transpose-free_batch", lambda P, x: P.transpose(x, (1, 0, 2)), free=("x",)),
    shaped("reshape", lambda P, x: P.reshape(x, (6, 10))),
    shaped("reshape-rest", lambda P, x: P.reshape(x, (2, -1, 3))),
    shaped("reshape-free_batch", lambda P, x: P.reshape(x, (-1, 15)), free=("x",)),
    shaped("reshape-to_scalar", lambda P, x: P.reshape(x, ()), np.array([[2.5]])),
    shaped("expand_dims-first", lambda P, x: P.expand_dims(x, 0)),
    shaped("expand_dims-last", lambda P, x: P.expand_dims(x, 3)),
    shaped("squeeze", lambda P, x: P.squeeze(x, 1), draw(4, 1, 3, seed=40)),
    sliced("range", slice(1, 3), ALL, slice(0, 4)),
    sliced("index", 1, ALL, ALL),
    sliced("negative_index", ALL, -1, ALL),
    sliced("step", slice(0, 4, 2), ALL, slice(1, 5, 3)),
    sliced("backwards", ALL, slice(None, None, -1), ALL),
    sliced("beyond_the_end", slice(2, 99), ALL, slice(-2, None)),
    sliced("to_scalar", 3, 0, -2),
    shaped("slice-free_batch", lambda P, x: P.slice_(x, (ALL, 1, slice(1, 4))), free=("x",)),
    joined("first", 0, draw(2, 3, seed=41), draw(4, 3, seed=42)),
    joined("last", 1, draw(2, 3, seed=43), draw(2, 4, seed=44)),
    joined("last-free_batch", 1, draw(2, 3, seed=43), draw(2, 4, seed=44), free=("x", "y")),
    gathered("vector", np.array([5, 0, 2], "int32")),
    gathered("repeated_rows", np.array([1, 1, 4, 1], "int64")),
    gathered("matrix", np.array([[0, 3], [3, 5], [2, 2]], "int32")),
    Expression(
        "shaping-fill",
        {},
        lambda K, P: {"float": P.fill(None, (2, 3), 1.5, "float32"), "integer": P.fill(None, (4,), 7, "int32")},
    ),
    Expression(
        "shaping-fill-like",
        {"x": X},
        fill_like,
        free=("x",),
    ),
]
