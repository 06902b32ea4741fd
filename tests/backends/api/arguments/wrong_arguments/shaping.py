"""Shapes changed, tensors joined, elements repeated."""

from __future__ import annotations

from tests.backends.api.arguments.wrong_arguments.forms import (
    NO_DTYPE,
    NO_INT,
    NO_SHAPE,
    NO_TENSOR,
    Function,
    integers,
    shapes,
    tensor,
    types,
)

X = tensor(2, 3)
NO_AXIS = types("word", None, 1.5, [0], True) + shapes(2, -3)
NO_COUNT = NO_INT + shapes(0, -1)
NOT_FINITE = shapes(float("inf"), float("-inf"), float("nan"), 1e30, 10**400)
LIST = types(X, "word", None, ["word"], [X, None]) + shapes([])

FUNCTIONS = {
    "reshape": Function(
        {"x": X, "shape": (3, 2)}, {"x": NO_TENSOR, "shape": NO_SHAPE + shapes((4, -1), (-1, -1), (7,))}
    ),
    "permute_dimensions": Function(
        {"x": X, "pattern": (1, 0)},
        {"x": NO_TENSOR, "pattern": types("ab", None, 1, (0, 1.0)) + shapes((0,), (0, 0), (0, 2), (0, 1, 2))},
    ),
    **{name: Function({"x": X}, {"x": NO_TENSOR}) for name in ("flatten", "shape", "transpose")},
    "batch_flatten": Function({"x": X}, {"x": NO_TENSOR + shapes(tensor())}),
    "expand_dims": Function({"x": X}, {"x": NO_TENSOR, "dim": types("word", None, 1.5, [0], True) + shapes(3, -4)}),
    "squeeze": Function(
        {"x": tensor(2, 1), "axis": 1}, {"x": NO_TENSOR + shapes(X, tensor(2)), "axis": NO_AXIS + shapes(0)}
    ),
    "concatenate": Function(
        {"tensors": [X, X]},
        {
            "tensors": LIST
            + shapes([X, tensor(3, 3)], [X, tensor(3)], [X, tensor(2)], [tensor(None, 3), tensor(None)], [tensor()]),
            "axis": NO_AXIS,
        },
    ),
    "stack": Function({"x": [X, X]}, {"x": LIST + shapes([X, tensor(3, 3)], [X, tensor(3)])}),
    "reverse": Function(
        {"x": X, "axes": 0},
        {"x": NO_TENSOR, "axes": types("word", None, 1.5, (0, 1.5), True) + shapes(2, (0, 2), (1, 1))},
    ),
    "pattern_broadcast": Function(
        {"x": tensor(2, 1), "broatcastable": [False, True]},
        {
            "x": NO_TENSOR + shapes(X, tensor(2)),
            "broatcastable": types("ab", None, True, [0, "yes"]) + shapes([True, True], [True]),
        },
    ),
    "arange": Function(
        {"start": 1, "stop": 5},
        {
            "start": types("word", None, [1], tensor()) + NOT_FINITE,
            "stop": types("word", [1], tensor()) + NOT_FINITE,
            "step": types("word", None, [1]) + shapes(0) + NOT_FINITE,
            "dtype": NO_DTYPE + types(None),
        },
    ),
    "repeat_elements": Function({"x": X, "rep": 2, "axis": 1}, {"x": NO_TENSOR, "rep": NO_COUNT, "axis": NO_AXIS}),
    "repeat": Function(
        {"x": X, "n": 2}, {"x": NO_TENSOR + shapes(tensor(3)), "n": NO_COUNT + types(tensor(), integers(2))}
    ),
    "tile": Function(
        {"x": X, "n": [1, 2]}, {"x": NO_TENSOR, "n": types("word", None, 1.5, [1, "two"], [1.5]) + shapes(0, [1, -1])}
    ),
}
