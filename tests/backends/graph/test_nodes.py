"""The graph: operations, walks, substitution and the operators of a tensor."""

from __future__ import annotations

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines.contract import Engine
from harness.backends.errors import BackendError, ShapeMismatch
from harness.backends.graph.composites import composite
from harness.backends.graph.traversal import always_inputs, depends_on, everything, expanded, schedule, substitute


def test_schedule_puts_every_operation_after_what_it_needs():
    x = K.placeholder((2, 3))
    y = K.exp(x) + x
    order = schedule([K.sum(y * y)])
    place = {operation: index for index, operation in enumerate(order)}
    assert all(place[child.operation] < place[operation] for operation in order for child in expanded(operation))
    assert len(place) == len(order)


def test_schedule_walks_graphs_deeper_than_the_recursion_limit():
    x = K.placeholder((2,))
    for _ in range(5000):
        x = x + 1.0
    assert len(schedule([x])) == 10001


def test_depends_on_finds_only_what_needs_the_source():
    x, y = K.placeholder((2,)), K.placeholder((2,))
    needs_x, needs_y = K.exp(x), K.exp(y)
    found = depends_on([needs_x + needs_y], {x.operation})
    assert needs_x.operation in found
    assert needs_y.operation not in found


def test_substitute_makes_new_only_what_needs_the_replaced_tensor():
    x, y, z = (K.placeholder((2,)) for _ in range(3))
    kept = K.exp(y)
    (result,) = substitute([K.softmax(K.reshape(x, (1, 2))) + kept], {x: z})
    order = schedule([result])
    assert z.operation in order
    assert x.operation not in order
    assert kept.operation in order


def test_substitute_makes_a_composite_new_with_what_it_stands_for():
    x, z = K.placeholder((2, 3)), K.placeholder((2, 3))
    (result,) = substitute([K.softmax(x)], {x: z})
    assert result.operation.name == "softmax"
    assert result.operation.inputs == (z,)
    assert K.function([z], [result])([[[1.0] * 3] * 2])[0] == pytest.approx(np.full((2, 3), 1 / 3))
    needed = schedule(result.operation.expansion, everything)
    assert z.operation in needed
    assert x.operation not in needed


def test_substitute_reaches_what_a_composite_takes_and_does_not_use():
    x, y, z = (K.placeholder((2,)) for _ in range(3))
    doubled = composite("doubled", (K.exp(x), y), {}, y * 2.0)
    (result,) = substitute([doubled], {x: z})
    assert z.operation in schedule([result], always_inputs)
    assert result.operation.expansion == doubled.operation.expansion


def test_depends_on_goes_the_ways_that_it_is_told():
    x, y = K.placeholder((2,)), K.placeholder((2,))
    doubled = composite("doubled", (x, y), {}, y * 2.0)
    assert doubled.operation in depends_on([doubled], {x.operation})
    assert doubled.operation not in depends_on([doubled], {x.operation}, expanded)
    assert doubled.operation in depends_on([doubled], {y.operation}, expanded)


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
