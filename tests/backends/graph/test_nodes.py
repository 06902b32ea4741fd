"""The graph: operations, tensors and the values that variables start with."""

from __future__ import annotations

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines.contract import Engine
from harness.backends.errors import BackendError, ShapeMismatch


def test_variable_and_placeholder_keep_the_name_that_they_were_given():
    assert K.variable(1.0, name="rate").name == "rate"
    assert K.placeholder((2,), name="images").name == "images"
    assert K.placeholder((2,)).operation.inputs == ()


def test_operation_and_tensor_say_what_they_are():
    x = K.placeholder((None, 3), name="images")
    assert repr(K.exp(x).operation) == "<Operation exp[(None, 3)]>"
    assert repr(x) == "<Tensor placeholder 'images' shape=(None, 3) dtype=float32>"
    assert repr(K.exp(x)) == "<Tensor exp shape=(None, 3) dtype=float32>"


@pytest.mark.parametrize(
    ("key", "shape"),
    [
        (0, (3, 4)),
        ((slice(None), -1), (2, 4)),
        ((Ellipsis, slice(0, 2)), (2, 3, 2)),
        ((0, None, slice(1, 3)), (1, 2, 4)),
        ((slice(None, None, -1),), (2, 3, 4)),
    ],
)
def test_index_agrees_with_numpy(key, shape):
    array = np.arange(24.0).reshape(2, 3, 4)
    result = K.variable(array)[key]
    assert result.shape == array[key].shape == shape
    np.testing.assert_array_equal(K.eval(result), array[key])


@pytest.mark.parametrize("key", [(0, 0, 0, 0), (5,)])
def test_index_refuses_what_is_not_there(key):
    with pytest.raises(ShapeMismatch, match="Expected"):
        K.variable(np.zeros((2, 3, 4)))[key]


def test_operators_take_numbers_arrays_and_tensors_on_both_sides():
    x = K.variable([1.0, 2.0])
    array = np.array([3.0, 5.0])
    for result, expected in ((2 - x, [1, 0]), (array * x, [3, 10]), (6 / x, [6, 3]), (2.0**x, [2, 4]), (-x, [-1, -2])):
        assert result.dtype == "float32"
        np.testing.assert_allclose(K.eval(result), expected)


def test_integers_meet_floats_as_floatx_and_divide_truly():
    i = K.variable([1, 2], dtype="int32")
    assert (i + 1).dtype == "int32"
    assert (i + 0.5).dtype == "float32"
    np.testing.assert_allclose(K.eval(i / 2), [0.5, 1.0])


def test_tensor_has_no_truth_value_and_no_iterator():
    x = K.placeholder((2,))
    with pytest.raises(TypeError, match="no truth value"):
        bool(x)
    with pytest.raises(TypeError, match="cannot be iterated"):
        list(x)


def test_first_value_is_handed_over_once():
    variable = K.variable(np.arange(3.0))
    assert list(Engine().first_value(variable.operation)) == [0.0, 1.0, 2.0]
    with pytest.raises(BackendError, match="Make the variable again"):
        Engine().first_value(variable.operation)


def test_zeros_and_ones_take_no_memory_in_the_graph():
    for variable, number in ((K.zeros((1000, 1000)), 0), (K.ones((1000, 1000)), 1)):
        value = variable.operation.attributes["value"]
        assert value.strides == (0, 0)
        assert (value == number).all()
        assert K.get_value(variable).flags.writeable
