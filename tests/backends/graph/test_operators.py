"""Mistakes with the operators of tensors, and with the name of a backend: one sentence, before anything runs."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines import registry
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
        (lambda: FLAGS // FLAGS, TypeMismatch, "floor_divide: bools are no numbers"),
        (lambda: FLAGS % FLAGS, TypeMismatch, "modulo: bools are no numbers"),
        (lambda: abs(FLAGS), TypeMismatch, "absolute: bools are no numbers"),
        (lambda: X // ROW, ShapeMismatch, r"floor_divide: .*\(2, 3\), \(4,\)"),
        (lambda: ["one"] % X, TypeMismatch, r"modulo: .*\[.one.\]"),
        (lambda: divmod(X, None), TypeMismatch, "floor_divide: .*None"),
        (lambda: round(X, 1), TypeMismatch, "round: .*digits"),
        (lambda: N & 1, TypeMismatch, "and: operands are no bools.*int32"),
        (lambda: ~X, TypeMismatch, "xor: operands are no bools.*float32"),
        (lambda: N << 1, TypeMismatch, "has no bits"),
        (lambda: X @ ROW, ShapeMismatch, "dot: inner dimensions differ"),
        (lambda: X @ 2.0, ShapeMismatch, "matmul: a scalar"),
        (lambda: N @ N, TypeMismatch, "matmul: no floats.*int32"),
        (lambda: K.placeholder((4, 2, 3)) @ K.placeholder((5, 3, 2)), ShapeMismatch, r"matmul: .*\(4,\), \(5,\)"),
        (lambda: X[::0], ShapeMismatch, "index: a step is 0"),
        (lambda: X[0, 2:1:0], ShapeMismatch, "index: a step is 0"),
        (lambda: X.__setitem__(0, 1.0), TypeMismatch, "cannot be changed"),
        (lambda: bool(X), TypeMismatch, "no truth value"),
        (lambda: list(X), TypeMismatch, "cannot be iterated"),
        (lambda: len(X), TypeMismatch, "has no length"),
        (lambda: 1.0 in X, TypeMismatch, "cannot be searched"),
        (lambda: float(X), TypeMismatch, "is no number"),
        (lambda: int(N), TypeMismatch, "is no number"),
        (lambda: range(N), TypeMismatch, "is no number"),
        (lambda: np.exp(X), TypeMismatch, "numpy.exp"),
        (lambda: np.sum(X), TypeMismatch, "numpy.add.reduce"),
        (lambda: np.add(X, 1.0, out=np.ones((2, 3))), TypeMismatch, "a = a [+] x"),
        (lambda: np.asarray(X), TypeMismatch, "is no array"),
        (lambda: np.concatenate([X, X]), TypeMismatch, "is no array"),
        (lambda: registry.use("tensorflaw"), BackendError, "numpy"),
    ],
)
def test_mistake_is_one_clear_sentence(make, error, said):
    with pytest.raises(error, match=said) as raised:
        make()
    assert "Expected" in str(raised.value)
    assert "Received" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_equality_is_identity_beside_arrays_too():
    array = np.ones((2, 3))
    assert X == X
    assert array != X
    assert (array == X) is False
    assert (np.float32(1) != X) is True
    assert X in [array, X]
    assert {X: 1}[X] == 1


def test_importing_the_operators_gives_tensors_their_methods():
    code = (
        "from harness.backends.graph.nodes import Tensor; before = hasattr(Tensor, '__add__'); "
        "from harness.backends.graph import operators; print(before, hasattr(Tensor, '__add__'))"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.split() == ["False", "True"]


def test_formulas_of_optimizers_bring_the_operators_that_they_are_written_in():
    code = "import harness.backends.graph.passes.optimizer_fusion"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
