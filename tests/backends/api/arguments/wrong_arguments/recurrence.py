"""Recurrence, maps and folds, choices by a condition or by the phase."""

from __future__ import annotations

from harness.backends import api as K
from tests.backends.api.arguments.wrong_arguments.forms import (
    NO_FLAG,
    NO_TENSOR,
    RAGGED,
    Function,
    shapes,
    tensor,
    types,
)

X, STATE = tensor(2, 3, 4), tensor(2, 4)
NO_FUNCTION = types(None, "word", 5, tensor(2))


def step(element, states):
    """One that is right."""
    return element + states[0], [states[0]]


def add(total, element):
    """One that is right."""
    return total + element


FOLD = Function(
    {"fn": add, "elems": tensor(3, 2)},
    {
        "fn": NO_FUNCTION + types(lambda total, x: None, lambda total, x: "word") + shapes(lambda total, x: K.sum(x)),
        "elems": NO_TENSOR + shapes(tensor(), tensor(0, 2)),
        "initializer": types("word", RAGGED, object) + shapes(tensor(1)),
    },
    ("name",),
)

FUNCTIONS = {
    "rnn": Function(
        {"step_function": step, "inputs": X, "initial_states": [STATE]},
        {
            "step_function": NO_FUNCTION
            + types(
                lambda x, states: x,
                lambda x, states: None,
                lambda x, states: ("word", states),
                lambda x, states: (x, None),
                lambda x, states: (x, ["word"]),
                lambda x, states: (x, states[0]),
            )
            + shapes(
                lambda x, states: (x, []), lambda x, states: (x, [K.sum(x)]), lambda x, states: (K.sum(x), states)
            ),
            "inputs": NO_TENSOR + shapes(tensor(2, 3), tensor(3, 3, 4), tensor(2, 0, 4)),
            "initial_states": types(None, STATE, "word", ["word"]) + shapes([tensor()], [tensor(3, 4)]),
            "go_backwards": NO_FLAG,
            "mask": types("word", RAGGED) + shapes(tensor(2), tensor(2, 5), tensor(3, 3), tensor(2, 3, 4)),
            "constants": types("word", STATE, 5),
            "unroll": NO_FLAG,
            "input_length": types("word", 1.5, [3]) + shapes(-1, 5),
        },
    ),
    "map_fn": Function(
        {"fn": K.square, "elems": tensor(3, 2)},
        {
            "fn": NO_FUNCTION + types(lambda x: None, lambda x: "word"),
            "elems": NO_TENSOR + shapes(tensor(), tensor(0, 2)),
        },
        ("name",),
    ),
    "foldl": FOLD,
    "foldr": FOLD,
    "switch": Function(
        {"condition": tensor(2), "then_expression": STATE, "else_expression": STATE},
        {
            "condition": NO_TENSOR + shapes(X, tensor(3)),
            "then_expression": NO_TENSOR[:4]
            + types(lambda: "word", lambda: None)
            + shapes(tensor(5), lambda: tensor(5)),
            "else_expression": NO_TENSOR[:3] + types(lambda: "word", lambda: None) + shapes(tensor(5)),
        },
    ),
    **{
        name: Function(
            {"x": STATE, "alt": STATE},
            {
                "x": NO_TENSOR[:3] + types(lambda: "word", lambda: None) + shapes(tensor(5)),
                "alt": NO_TENSOR[:3] + types(lambda: "word") + shapes(lambda: tensor(5), tensor(1, 4), tensor(4)),
            },
        )
        for name in ("in_train_phase", "in_test_phase")
    },
}
