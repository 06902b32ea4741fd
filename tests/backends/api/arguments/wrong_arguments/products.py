"""Products, rows by number, normalisation and losses."""

from __future__ import annotations

import numpy as np

from tests.backends.api.arguments.wrong_arguments.forms import (
    NO_FLAG,
    NO_INT,
    NO_NUMBER,
    NO_TENSOR,
    RAGGED,
    Function,
    integers,
    shapes,
    tensor,
    types,
)

X, Y = tensor(2, 3), tensor(3, 4)
NO_FLOATS = NO_TENSOR + types(integers(2, 3), tensor(2, 3, dtype="bool"))
OPTIONAL = types("word", RAGGED, object)
PAIR = {
    "output": NO_FLOATS + shapes(tensor(2, 4), tensor(3)),
    "target": NO_TENSOR + shapes(tensor(2, 4), tensor(3)),
    "from_logits": NO_FLAG,
}

FUNCTIONS = {
    "dot": Function(
        {"x": X, "y": Y},
        {"x": NO_FLOATS + shapes(tensor(4), tensor(2, 4)), "y": NO_FLOATS + shapes(tensor(4), tensor(2, 4))},
    ),
    "batch_dot": Function(
        {"x": tensor(2, 3, 4), "y": tensor(2, 4, 5)},
        {
            "x": NO_FLOATS + shapes(tensor(2), tensor(3, 3, 4), tensor(2, 3, 5)),
            "y": NO_FLOATS + shapes(tensor(2), tensor(3, 4, 5), tensor(2, 5, 5)),
            "axes": types("word", 1.5, (1, "one"), True)
            + shapes(0, (0, 1), 3, (2, 3), (1,), (1, 2), (1, 1, 1))
            + types((1, [1.5]))
            + shapes(([2], [1, 2]), ([2, 2], [1, 1]), ([], []), ([0], [0])),
        },
    ),
    "gather": Function(
        {"reference": X, "indices": integers(4)},
        {
            "reference": NO_TENSOR + shapes(tensor()),
            "indices": NO_TENSOR
            + types(tensor(4), tensor(4, dtype="bool"))
            + shapes(2, -1, np.array([[0, 1], [1, 2]]), np.array([0, -1])),
        },
    ),
    "batch_normalization": Function(
        {"x": X, "mean": tensor(3), "var": tensor(3), "beta": tensor(3), "gamma": tensor(3)},
        {
            "x": NO_FLOATS,
            "mean": NO_TENSOR + shapes(tensor(2), tensor(1, 2, 3)),
            "var": NO_TENSOR + shapes(tensor(2), tensor(1, 2, 3)),
            "beta": OPTIONAL + shapes(tensor(2), tensor(1, 2, 3)),
            "gamma": OPTIONAL + shapes(tensor(2), tensor(1, 2, 3)),
            "epsilon": NO_NUMBER + shapes(-1.0),
        },
    ),
    "normalize_batch_in_training": Function(
        {"x": X, "gamma": tensor(3), "beta": tensor(3), "reduction_axes": [0]},
        {
            "x": NO_FLOATS,
            "gamma": OPTIONAL + shapes(tensor(2), tensor()),
            "beta": OPTIONAL + shapes(tensor(2), tensor()),
            "reduction_axes": types("word", [0.5], True) + shapes(None, [2], [0, 0]),
            "epsilon": NO_NUMBER + shapes(-1.0),
        },
    ),
    "l2_normalize": Function(
        {"x": X, "axis": 1}, {"x": NO_FLOATS, "axis": types("word", 1.5, True) + shapes(2, -3, (0, 2))}
    ),
    "categorical_crossentropy": Function(
        {"output": X, "target": X}, {**PAIR, "output": PAIR["output"] + shapes(tensor())}
    ),
    "binary_crossentropy": Function({"output": X, "target": X}, PAIR),
    "sparse_categorical_crossentropy": Function(
        {"output": X, "target": integers(2)},
        {
            "output": NO_FLOATS + shapes(tensor(4, 3), tensor(), tensor(2, None)),
            "target": NO_TENSOR + shapes(integers(3), integers(2, 3), integers(2, 1, 1)),
            "from_logits": NO_FLAG,
        },
    ),
    "in_top_k": Function(
        {"predictions": X, "targets": integers(2), "k": 1},
        {
            "predictions": NO_FLOATS + shapes(tensor(3), tensor(4, 3), tensor(2, None)),
            "targets": NO_TENSOR + types(tensor(2)) + shapes(integers(2, 1), integers(3)),
            "k": NO_INT + shapes(0),
        },
    ),
}
