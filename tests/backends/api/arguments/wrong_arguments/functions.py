"""Functions, gradients, updates and values; sessions and settings."""

from __future__ import annotations

from harness.backends import api as K
from tests.backends.api.arguments.wrong_arguments.forms import (
    NO_TENSOR,
    Function,
    integers,
    refused,
    shapes,
    tensor,
    types,
)
from tests.backends.api.arguments.wrong_arguments.making import NO_NUMBERS

X, V, COUNT = tensor(2), K.variable([1.0, 2.0]), K.variable([1, 2], dtype="int32")
NO_VARIABLE = types("word", None, 5.0, X, V * 2.0)
NO_NEW_VALUE = NO_TENSOR[:3] + shapes(tensor(3), tensor(1, 2))

FUNCTIONS = {
    "function": Function(
        {"inputs": [X], "outputs": [X * 2.0]},
        {
            "inputs": types(X, None, "word", ["word"], [V], [X * 2.0], []) + shapes([X, X]),
            "outputs": types(X, None, "word", ["word"], [None], [tensor(3) * 2.0]),
            "updates": types(None, "word", V, [V], [(X, X)], [(V, "word")], [(V, V, V)], ["ab"])
            + shapes([(V, tensor(3))], [(V, K.ones((1,)))]),
        },
        ("kwargs",),
    ),
    "gradients": Function(
        {"loss": K.sum(K.square(V)), "variables": [V]},
        {
            "loss": NO_TENSOR + types(K.sum(COUNT), integers(2)),
            "variables": types(None, "word", 5.0, ["word"], [None], COUNT, [COUNT]),
        },
    ),
    "stop_gradient": Function({"variables": X}, {"variables": NO_TENSOR}),
    "update": Function({"x": V, "new_x": X}, {"x": NO_VARIABLE, "new_x": NO_NEW_VALUE}),
    "update_add": Function({"x": V, "increment": X}, {"x": NO_VARIABLE, "increment": NO_NEW_VALUE}),
    "update_sub": Function({"x": V, "decrement": X}, {"x": NO_VARIABLE, "decrement": NO_NEW_VALUE}),
    "moving_average_update": Function(
        {"variable": V, "value": X, "momentum": 0.9},
        {"variable": NO_VARIABLE, "value": NO_NEW_VALUE, "momentum": NO_TENSOR[:3] + shapes(tensor(3))},
    ),
    "print_tensor": Function({"x": X}, {"x": NO_TENSOR, "message": types(5, None, ["text"])}),
    "get_value": Function({"x": V}, {"x": NO_TENSOR + types(X)}),
    "batch_get_value": Function({"xs": [V]}, {"xs": types(V, None, "word", ["word"], [X])}),
    "set_value": Function({"x": V, "value": [1, 2]}, {"x": NO_VARIABLE, "value": NO_NUMBERS + shapes([1, 2, 3], 1.0)}),
    "batch_set_value": Function(
        {"tuples": [(V, [1, 2])]},
        {"tuples": types(None, "word", V, [V], [(V,)], [(X, [1, 2])], [(V, "word")]) + shapes([(V, [1, 2, 3])])},
    ),
    "get_variable_shape": Function({"x": V}, {"x": NO_TENSOR}),
    "get_uid": Function({}, {"prefix": types(5, None, ["word"])}),
    "set_session": Function({"session": K.get_session()}, {"session": types(None, "numpy", V)}),
    "manual_variable_initialization": Function({"value": True}, {"value": types("yes", None, 1)}),
    "set_learning_phase": Function({"value": 0}, {"value": refused(2, -1, "train", None, 0.5, [0], X)}),
    "set_epsilon": Function({"e": 1e-7}, {"e": refused("small", None, [1e-7], -1e-7, float("nan"), True, X)}),
    "set_floatx": Function({"floatx": "float32"}, {"floatx": refused("float8", "", 123, None, "int32", ["float32"])}),
    "set_image_dim_ordering": Function({"dim_ordering": "tf"}, {"dim_ordering": refused("NCHW", None, "default", 1)}),
    "set_legacy_weight_ordering": Function({"value": False}, {"value": refused(1, None, "yes")}),
}
