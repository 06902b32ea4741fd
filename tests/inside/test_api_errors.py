"""Wrong arguments to K: one sentence that says what was expected and what was received, before anything runs."""

from __future__ import annotations

import numpy as np
import pytest

from harness.backends import active
from harness.backends import api as K
from harness.backends.errors import BackendError, ShapeMismatch, TypeMismatch


def tensor(*shape, dtype=None):
    return K.placeholder(shape, dtype=dtype)


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda: K.dot(tensor(32, 784), tensor(128, 10)), ShapeMismatch, r"x\.shape=\(32, 784\), y\.shape=\(128, 10\)"),
        (lambda: K.dot(tensor(3), tensor(3, 4)), ShapeMismatch, "2 axes or more"),
        (lambda: tensor(2, 3) + tensor(4), ShapeMismatch, r"add: .*\(2, 3\), \(4,\)"),
        (lambda: K.reshape(tensor(2, 3), (4, -1)), ShapeMismatch, r"x\.shape=\(2, 3\), shape=\(4, -1\)"),
        (lambda: K.reshape(tensor(2, 3), (-1, -1)), ShapeMismatch, "at most one -1"),
        (lambda: K.sum(tensor(2, 3), axis=2), ShapeMismatch, "axis=2"),
        (lambda: K.squeeze(tensor(2, 3), 0), ShapeMismatch, r"Expected x\.shape\[0\] == 1"),
        (lambda: K.concatenate([tensor(2, 3), tensor(3, 4)], 0), ShapeMismatch, "differ off the axis"),
        (lambda: K.permute_dimensions(tensor(2, 3), (0, 0)), ShapeMismatch, "not a permutation"),
        (lambda: K.gather(tensor(5, 2), tensor(3)), TypeMismatch, "not integers"),
        (lambda: K.conv2d(tensor(1, 8, 8, 3), tensor(3, 3, 4, 2)), ShapeMismatch, "equal channels"),
        (lambda: K.conv2d(tensor(1, 8, 8, 3), tensor(3, 3, 3, 2), border_mode="half"), ShapeMismatch, "'half'"),
        (lambda: K.pool2d(tensor(1, 8, 8, 3), (2, 2), pool_mode="sum"), ShapeMismatch, "pool_mode"),
        (lambda: K.pool2d(tensor(1, 8, 8, 3), (2, 2), dim_ordering="NHWC"), ShapeMismatch, "dim_ordering"),
        (lambda: K.dropout(tensor(2), 1.0), ShapeMismatch, r"level=1\.0"),
        (lambda: K.categorical_crossentropy(tensor(2, 3), tensor(2, 4)), ShapeMismatch, r"target\.shape=\(2, 4\)"),
        (lambda: K.placeholder(), ShapeMismatch, "shape or ndim"),
        (lambda: K.placeholder((2,), dtype="float128"), TypeMismatch, "float128"),
        (lambda: K.rnn(lambda x, s: (x, s), tensor(2, 3), []), ShapeMismatch, r"\(batch, time, \.\.\.\)"),
        (lambda: K.rnn(lambda x, s: (x, []), tensor(2, 3, 4), [tensor(2, 4)]), ShapeMismatch, "number of states"),
        (lambda: K.function(tensor(2), []), TypeMismatch, "inputs is not a list"),
        (lambda: K.function([], [], [(tensor(2), 1.0)]), TypeMismatch, "not a variable"),
        (lambda: K.function([], [], [(K.zeros((2,)), tensor(3, 2))]), ShapeMismatch, r"\(2,\)"),
        (lambda: K.set_value(K.zeros((2,)), [1, 2, 3]), ShapeMismatch, r"Received \(3,\)"),
        (lambda: K.set_floatx("float8"), BackendError, "float16, float32, float64"),
        (lambda: K.set_image_dim_ordering("NCHW"), BackendError, "tf, th"),
        (lambda: active.use("tensorflaw"), BackendError, "numpy"),
    ],
)
def test_wrong_argument_is_one_clear_sentence(make, error, said):
    with pytest.raises(error, match=said) as raised:
        make()
    assert "Expected" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_first_of_two_updates_of_one_variable_counts():
    x = K.zeros((2,))
    K.function([], [], [(x, x + 1.0), (x, x + 2.0)])([])
    assert K.get_value(x).tolist() == [1.0, 1.0]


def test_function_refuses_a_wrong_number_of_inputs():
    x = K.placeholder((2,))
    with pytest.raises(ShapeMismatch, match=r"Expected 1\. Received 2"):
        K.function([x], [x])([np.zeros(2), np.zeros(2)])


def test_gradients_are_none_where_loss_does_not_depend():
    x, y = K.variable([1.0]), K.variable([2.0])
    found = K.gradients(K.sum(K.square(x)), [x, y])
    assert found[1] is None
    np.testing.assert_allclose(K.eval(found[0]), [2.0])
