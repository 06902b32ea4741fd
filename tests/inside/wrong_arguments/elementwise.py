"""Elementwise functions and activations."""

from __future__ import annotations

from wrong_arguments.forms import NO_NUMBER, NO_TENSOR, Function, integers, shapes, tensor, types

X = tensor(2, 3)
BOOLS = tensor(2, 3, dtype="bool")
PAIR = NO_TENSOR + shapes(tensor(4), tensor(3, 3))

FUNCTIONS = {
    **{name: Function({"x": X}, {"x": NO_TENSOR}) for name in ("abs", "round", "sign", "square")},
    **{
        name: Function({"x": X}, {"x": NO_TENSOR + types(integers(2, 3), BOOLS)})
        for name in ("cos", "exp", "hard_sigmoid", "log", "sigmoid", "sin", "softplus", "softsign", "sqrt", "tanh")
    },
    **{
        name: Function({"x": X, "y": X}, {"x": PAIR, "y": PAIR})
        for name in (
            "equal",
            "greater",
            "greater_equal",
            "lesser",
            "lesser_equal",
            "maximum",
            "minimum",
            "not_equal",
        )
    },
    "pow": Function({"x": X, "a": 2}, {"x": NO_TENSOR, "a": PAIR}),
    "clip": Function(
        {"x": X, "min_value": 0.0, "max_value": 1.0},
        {"x": NO_TENSOR, "min_value": NO_NUMBER, "max_value": types("word", [1.0], X)},
    ),
    "softmax": Function({"x": X}, {"x": NO_TENSOR + types(integers(2, 3)) + shapes(tensor())}),
    "relu": Function(
        {"x": X},
        {
            "x": NO_TENSOR,
            "alpha": NO_TENSOR + shapes(tensor(4)),
            "max_value": types("word", [1.0], object) + shapes(tensor(4)),
        },
    ),
    "elu": Function({"x": X}, {"x": NO_TENSOR + types(integers(2, 3)), "alpha": NO_TENSOR + shapes(tensor(4))}),
}
