"""Reductions, and places of extremes."""

from __future__ import annotations

from wrong_arguments.forms import NO_AXES, NO_FLAG, NO_TENSOR, Function, shapes, tensor, types

X, NOTHING = tensor(2, 3), tensor(2, 0)

FUNCTIONS = {
    **{
        name: Function({"x": X}, {"x": NO_TENSOR, "axis": NO_AXES, "keepdims": NO_FLAG})
        for name in ("all", "any", "prod", "sum")
    },
    **{
        name: Function({"x": X}, {"x": NO_TENSOR + shapes(NOTHING), "axis": NO_AXES, "keepdims": NO_FLAG})
        for name in ("max", "mean", "min", "std", "var")
    },
    **{
        name: Function(
            {"x": X}, {"x": NO_TENSOR + shapes(NOTHING), "axis": types("word", None, 1.5, [0], True) + shapes(2, -3)}
        )
        for name in ("argmax", "argmin")
    },
}
