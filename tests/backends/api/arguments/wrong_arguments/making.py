"""Tensors made, and asked about; random ones."""

from __future__ import annotations

import numpy as np

from harness.backends import api as K
from tests.backends.api.arguments.wrong_arguments.forms import (
    ENDLESS,
    NO_DTYPE,
    NO_FLAG,
    NO_INT,
    NO_NAME,
    NO_NUMBER,
    NO_SEED,
    NO_SHAPE,
    NO_TENSOR,
    Function,
    integers,
    shapes,
    tensor,
    types,
)

X = tensor(2, 3)
NO_FLOAT = NO_DTYPE + types("int32", "bool")
NO_NUMBERS = types("word", None, [[1.0], [1.0, 2.0]], np.array(["word"]), object, X)
NO_NUMBERS += types(np.ma.array([1.0, 2.0], mask=[False, True]), np.array([1.0, 2.0], object), np.zeros(2, "f4,f4"))
NO_NUMBERS += types(iter([1.0, 2.0]), np.zeros(2, "datetime64[s]"), {"x": 1.0}, 1j)

FUNCTIONS = {
    "variable": Function({"value": [1.0]}, {"value": NO_NUMBERS, "dtype": NO_DTYPE, "name": NO_NAME}),
    "placeholder": Function(
        {"shape": (2, 3)},
        {
            "shape": types("word", 3, (2.5,), ("word",), tensor(2)) + shapes(None, (2, -2)),
            "ndim": types("word", 1.5, [2], True) + shapes(-1, 3),
            "dtype": NO_DTYPE,
            "sparse": NO_FLAG,
            "name": NO_NAME,
        },
    ),
    **{
        name: Function({"shape": (2, 3)}, {"shape": NO_SHAPE, "dtype": NO_DTYPE, "name": NO_NAME})
        for name in ("zeros", "ones")
    },
    "eye": Function({"size": 2}, {"size": NO_INT + shapes(-1), "dtype": NO_DTYPE, "name": NO_NAME}),
    **{
        name: Function({"x": X}, {"x": NO_TENSOR, "dtype": NO_DTYPE}, ("name",)) for name in ("zeros_like", "ones_like")
    },
    **{name: Function({"x": X}, {"x": NO_TENSOR}) for name in ("int_shape", "ndim", "dtype")},
    "count_params": Function({"x": X}, {"x": NO_TENSOR + shapes(tensor(None, 2))}),
    "is_keras_tensor": Function({"x": X}, {}, ("x",)),
    "is_explicit_shape": Function({"shape": (2, 3)}, {}, ("shape",)),
    "is_sparse": Function({"tensor": X}, {"tensor": NO_TENSOR}),
    "to_dense": Function({"tensor": X}, {"tensor": NO_TENSOR}),
    "cast": Function({"x": X, "dtype": "int32"}, {"x": NO_TENSOR, "dtype": NO_DTYPE + types(None)}),
    "cast_to_floatx": Function({"x": [1]}, {"x": NO_NUMBERS}),
    "eval": Function({"x": K.ones((2,)) * 2.0}, {"x": NO_TENSOR + types(X, K.exp(X))}),
    "one_hot": Function(
        {"indices": integers(2), "nb_classes": 3},
        {"indices": NO_TENSOR + types(X, tensor(2, dtype="bool")), "nb_classes": NO_INT + shapes(0)},
    ),
    "random_uniform_variable": Function(
        {"shape": (2,), "low": 0.0, "high": 1.0},
        {
            "shape": NO_SHAPE,
            "low": NO_NUMBER + types(X) + shapes(2.0) + ENDLESS,
            "high": NO_NUMBER + shapes(-1.0) + ENDLESS,
            "dtype": NO_DTYPE,
            "name": NO_NAME,
            "seed": NO_SEED,
        },
    ),
    "random_normal_variable": Function(
        {"shape": (2,), "mean": 0.0, "scale": 1.0},
        {
            "shape": NO_SHAPE,
            "mean": NO_NUMBER + types(X) + ENDLESS,
            "scale": NO_NUMBER + shapes(-1.0) + ENDLESS,
            "dtype": NO_DTYPE,
            "name": NO_NAME,
            "seed": NO_SEED,
        },
    ),
    "random_uniform": Function(
        {"shape": (2,)},
        {
            "shape": NO_SHAPE + types((2, tensor())),
            "low": NO_NUMBER + types(X) + shapes(2.0) + ENDLESS,
            "high": NO_NUMBER + shapes(-1.0) + ENDLESS,
            "dtype": NO_FLOAT,
            "seed": NO_SEED,
        },
    ),
    "random_normal": Function(
        {"shape": (2,)},
        {
            "shape": NO_SHAPE,
            "mean": NO_NUMBER + types(X) + ENDLESS,
            "std": NO_NUMBER + shapes(-1.0) + ENDLESS,
            "dtype": NO_FLOAT,
            "seed": NO_SEED,
        },
    ),
    "random_binomial": Function(
        {"shape": (2,)},
        {
            "shape": NO_SHAPE,
            "p": NO_NUMBER + types(X) + shapes(-0.1, 1.5, float("nan")),
            "dtype": NO_DTYPE,
            "seed": NO_SEED,
        },
    ),
    "dropout": Function(
        {"x": X, "level": 0.5},
        {
            "x": NO_TENSOR + types(integers(2, 3)),
            "level": NO_NUMBER + shapes(1.0, -0.1, float("nan"), tensor(2)),
            "noise_shape": types("word", 2, (None, 1.5), (None, "word")) + shapes((1,), (2, -1), (2, 2), (None, 1, 1)),
            "seed": NO_SEED,
        },
    ),
}
