"""Reductions over every kind of axes, ties, and argmax."""

import numpy as np

from harness.worker.conformance.forms import Expression, draw

X = draw(2, 3, 5, seed=20)
TIES = np.array([[1.0, 3.0, 3.0, 0.0], [2.0, 2.0, 2.0, 2.0], [-1.0, -2.0, -1.0, -1.0]])
AXES = {"last": (2,), "first": (0,), "first_and_last": (0, 2), "all": (0, 1, 2)}


def reduction(name, label, x, axes, keepdims=False, smooth=True, free=()):
    """A case of one of primitive_table.REDUCTIONS."""
    return Expression(
        "reductions-%s-%s" % (name, label),
        {"x": x},
        lambda K, P, x: {"y": P.reduction(name, x, axes, keepdims)},
        ("x",),
        smooth,
        free,
    )


def argmax(label, x, axis):
    """A case of primitives.argmax."""
    return Expression("reductions-argmax-" + label, {"x": x}, lambda K, P, x: {"y": P.argmax(x, axis)})


CASES = []
for _name in ("sum", "mean", "max", "min"):
    CASES += [reduction(_name, label, X, axes) for label, axes in AXES.items()]
    CASES.append(reduction(_name, "keepdims", X, (1,), keepdims=True))
    CASES.append(reduction(_name, "free_batch", X, (0,), free=("x",)))
CASES += [
    reduction("max", "ties", TIES, (1,), smooth=False),
    reduction("min", "ties", TIES, (1,), smooth=False),
    reduction("max", "ties_of_all", TIES, (0, 1), smooth=False),
    argmax("last", X, 2),
    argmax("first", X, 0),
    argmax("ties", TIES, 1),
    Expression(
        "reductions-sum-int32",
        {"x": np.arange(6, dtype="int32").reshape(2, 3)},
        lambda K, P, x: {"y": P.reduction("sum", x, (1,))},
    ),
]
