"""Reductions, and places of extremes."""

from __future__ import annotations

from tests.backends.api.arguments.wrong_arguments.forms import (
    NO_AXES,
    NO_FLAG,
    NO_TENSOR,
    Function,
    shapes,
    tensor,
    types,
)

X = tensor(2, 3)

FUNCTIONS = {
    **{
        name: Function({"x": X}, {"x": NO_TENSOR, "axis": NO_AXES, "keepdims": NO_FLAG})
        for name in ("all", "any", "max", "mean", "min", "prod", "std", "sum", "var")
    },
    **{
        name: Function({"x": X}, {"x": NO_TENSOR, "axis": types("word", None, 1.5, [0], True) + shapes(2, -3)})
        for name in ("argmax", "argmin")
    },
}
