"""How wrong arguments are written down, and values that are wrong in many places."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from harness.backends import api as K
from harness.backends.errors import BackendError, ShapeMismatch, TypeMismatch
from harness.backends.graph.nodes import Tensor
from harness.backends.settings import SettingError

Wrong = list[tuple[Any, type[BackendError]]]  # values, each with the error that it must raise


class Function(NamedTuple):
    """A function of K with arguments that it takes, and wrong ones.

    right: argument -> value, enough for a call
    wrong: argument -> values that it must refuse in place of the right one
    ignored: arguments that may be anything, since nothing is made of them
    """

    right: dict[str, Any]
    wrong: dict[str, Wrong]
    ignored: tuple[str, ...] = ()


def types(*values: Any) -> Wrong:
    """Values of another kind or dtype."""
    return [(value, TypeMismatch) for value in values]


def shapes(*values: Any) -> Wrong:
    """Tensors of another shape; axes, sizes, numbers and names that are none."""
    return [(value, ShapeMismatch) for value in values]


def refused(*values: Any) -> Wrong:
    """Settings that there are none of."""
    return [(value, SettingError) for value in values]


def tensor(*shape: int | None, dtype: str | None = None) -> Tensor:
    """A placeholder, float32 by default."""
    return K.placeholder(shape, dtype=dtype or "float32")


def integers(*shape: int | None) -> Tensor:
    """One of int32."""
    return tensor(*shape, dtype="int32")


RAGGED = [[1.0], [1.0, 2.0]]
NO_TENSOR = types("word", None, RAGGED, object, {"x": 1.0}, np.array(["word"]), 1j)
NO_NUMBER = types("word", None, [1.0], np.ones(2), 1j)
ENDLESS = shapes(float("nan"), float("inf"), float("-inf"))
NO_INT = types("word", None, 1.5, [1], True, np.ones(2))
NO_FLAG = types("yes", None, 2, [True], tensor())
NO_NAME = types(5, ["x"], tensor())
NO_DTYPE = types("float128", "int", 5, ["float32"], np.complex64, np.floating, np.generic, np.str_, list, object)
NO_SEED = types("word", 1.5, [1]) + shapes(-1, 2**31)
NO_SHAPE = types("word", None, 3, (2.5,), ("word",), object, tensor(2)) + shapes((2, -2))
NO_AXES = types("word", 1.5, (0, 1.5), True, object) + shapes(2, -3, (0, 2), (0, 0))
NO_LAYOUT = shapes("NHWC", "TF", None, 1)
