"""Mistakes with the operators of tensors, and with the name of a backend: one sentence, before anything runs."""

from __future__ import annotations

import numpy as np
import pytest

from harness.backends import active
from harness.backends import api as K
from harness.backends.errors import BackendError, ShapeMismatch, TypeMismatch

X, ROW = K.placeholder((2, 3)), K.placeholder((4,))
N, BYTES = K.placeholder((3,), dtype="int32"), K.placeholder((3,), dtype="uint8")
FLAGS = K.placeholder((3,), dtype="bool")


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda: X + ROW, ShapeMismatch, r"add: .*\(2, 3\), \(4,\)"),
        (lambda: np.ones(4) * X, ShapeMismatch, "multiply: "),
        (lambda: X - "word", TypeMismatch, "subtract: .*'word'"),
        (lambda: None / X, TypeMismatch, "divide: .*None"),
        (lambda: X**None, TypeMismatch, "power: .*None"),
        (lambda: X > "word", TypeMismatch, "greater: .*'word'"),
        (lambda: X[0, 0, 0], ShapeMismatch, "index: too many"),
        (lambda: X[2], ShapeMismatch, "index: .* -2 and 1"),
        (lambda: X[:, -4], ShapeMismatch, "index: .* -3 and 2"),
        (lambda: X["word"], TypeMismatch, "index: .*'word'"),
        (lambda: X[1.5], TypeMismatch, r"index: .*1\.5"),
        (lambda: X[ROW], TypeMismatch, "index: .*K.gather"),
        (lambda: X[[0, 1]], TypeMismatch, "index: .*K.gather"),
        (lambda: N + 2**40, TypeMismatch, "add: .*-2147483648 to 2147483647, which int32 has.*1099511627776.*K.cast"),
        (lambda: 300 - BYTES, TypeMismatch, "subtract: .*0 to 255.*300"),
        (lambda: np.array([0, -1, 2]) <= BYTES, TypeMismatch, "greater_equal: .*-1"),
        (lambda: X * 10**400, TypeMismatch, "multiply: a number is too large.*float32"),
        (lambda: N**-1, TypeMismatch, "power: a negative exponent .*-1"),
        (lambda: N ** np.array([1, 0, -2]), TypeMismatch, r"power: .*\[1, 0, -2\]"),
        (lambda: K.update(K.variable([1], dtype="int8"), 128), TypeMismatch, "update: .*128"),
        (lambda: K.arange(2**40, 2**40 + 2), TypeMismatch, "arange: .*int32 has"),
        (lambda: FLAGS + "word", TypeMismatch, "add: .*'word'"),
        (lambda: FLAGS * None, TypeMismatch, "multiply: .*None"),
        (lambda: FLAGS - FLAGS, TypeMismatch, "subtract: bools are no numbers"),
        (lambda: FLAGS**FLAGS, TypeMismatch, "power: bools are no numbers"),
        (lambda: bool(X), TypeError, "no truth value"),
        (lambda: list(X), TypeError, "cannot be iterated"),
        (lambda: active.use("tensorflaw"), BackendError, "numpy"),
    ],
)
def test_mistake_is_one_clear_sentence(make, error, said):
    with pytest.raises(error, match=said) as raised:
        make()
    assert "Expected" in str(raised.value)
    assert "Received" in str(raised.value)
    assert "\n" not in str(raised.value)
