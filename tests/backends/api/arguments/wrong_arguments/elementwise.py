"""Elementwise functions and activations."""

from __future__ import annotations

import numpy as np

from tests.backends.api.arguments.wrong_arguments.forms import (
    NO_NUMBER,
    NO_TENSOR,
    RAGGED,
    Function,
    integers,
    shapes,
    tensor,
    types,
)

X, BOOLS, BYTES = tensor(2, 3), tensor(2, 3, dtype="bool"), tensor(2, 3, dtype="uint8")
PAIR = NO_TENSOR + shapes(tensor(4), tensor(3, 3))
NAN = float("nan")
BEYOND = types(-1, 256, np.int64(2**40), 2**70)  # no numbers of BYTES

FUNCTIONS = {
    **{name: Function({"x": X}, {"x": NO_TENSOR + types(BOOLS, True)}) for name in ("abs", "round", "sign", "square")},
    **{
        name: Function({"x": X}, {"x": NO_TENSOR + types(integers(2, 3), BOOLS)})
        for name in ("cos", "exp", "hard_sigmoid", "log", "sigmoid", "sin", "softplus", "softsign", "sqrt", "tanh")
    },
    **{
        name: Function({"x": BYTES, "y": BYTES}, {name: PAIR + BEYOND + types(np.array([0, 300, 1])) for name in "xy"})
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
    "pow": Function(
        {"x": integers(2, 3), "a": 2}, {"x": NO_TENSOR, "a": PAIR + types(-1, 2**40, np.array([1, 0, -2], "int32"))}
    ),
    "clip": Function(
        {"x": BYTES, "min_value": 0, "max_value": 1},
        {"x": NO_TENSOR, "min_value": NO_NUMBER + BEYOND + types(NAN), "max_value": types("word", [1.0], X, 256, NAN)},
    ),
    "softmax": Function({"x": X}, {"x": NO_TENSOR + types(integers(2, 3)) + shapes(tensor())}),
    "relu": Function(
        {"x": X},
        {
            "x": NO_TENSOR,
            "alpha": NO_TENSOR + shapes(tensor(4)),
            "max_value": types("word", RAGGED, object, NAN) + shapes(tensor(4)),
        },
    ),
    "elu": Function({"x": X}, {"x": NO_TENSOR + types(integers(2, 3)), "alpha": NO_TENSOR + shapes(tensor(4))}),
}
