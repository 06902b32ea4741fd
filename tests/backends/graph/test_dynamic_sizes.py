"""Sizes of a result that are known before the graph runs, and that are not."""

from __future__ import annotations

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.errors import ShapeMismatch
from harness.backends.graph.dynamic_sizes import DimensionOf, NumberOf, ProductOf, resolved, static_size
from harness.backends.graph.traversal import substitute

SHAPES = [(2, 3, 5), (7, 11)]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        *((4, 4), (DimensionOf(1), 3), (DimensionOf(0, 1), 7), (ProductOf(()), 1), (ProductOf((0, 2)), 10)),
        *((ProductOf((0, 2), 2), 5), (ProductOf((0, 1), 7, 1), 11)),
    ],
)
def test_size_follows_from_the_inputs(size, expected):
    inputs = [K.placeholder(shape) for shape in SHAPES]
    found = static_size(size, inputs)
    assert (found, type(found)) == (expected, int)
    late = resolved([size, 1], lambda source, axis: SHAPES[source][axis], None)
    assert late == (expected, 1)
    assert type(late[0]) is int


@pytest.mark.parametrize("size", [DimensionOf(0), ProductOf((0, 1)), NumberOf(1), None])
def test_size_that_only_a_call_knows_is_none_before(size):
    assert static_size(size, [K.placeholder((None, 3)), K.placeholder((), dtype="int32")]) is None


def test_number_is_that_of_its_input():
    numbers = {0: 8, 1: 9}
    assert resolved((NumberOf(1), 2, NumberOf(0)), None, numbers.__getitem__) == (9, 2, 8)


def graph():
    """A reshape to (n, rest), with its inputs."""
    x, n = K.placeholder((2, 6)), K.placeholder((), dtype="int32")
    return x, n, K.reshape(x, (n, -1))


@pytest.mark.parametrize("rows", [1, 3, 4, 12])
def test_number_of_a_call_is_a_size(rows):
    x, n, reshaped = graph()
    assert reshaped.shape == (None, None)
    array = np.arange(12.0).reshape(2, 6)
    (found,) = K.function([x, n], [reshaped])([array, rows])
    np.testing.assert_array_equal(found, array.reshape(rows, -1))


@pytest.mark.parametrize("rows", [5, -2])
def test_number_that_does_not_fit_is_refused(rows):
    x, n, reshaped = graph()
    with pytest.raises(RuntimeError, match=r"^function: not computed with these inputs\. Expected "):
        K.function([x, n], [reshaped])([np.ones((2, 6)), rows])


def test_number_may_be_another_tensors_after_a_substitution():
    x, n, reshaped = graph()
    other = K.placeholder((3, 1))
    (renewed,) = substitute([reshaped], {n: K.shape(other)[0]})
    (found,) = K.function([x, other], [renewed])([np.ones((2, 6)), np.ones((3, 1))])
    assert found.shape == (3, 4)


def test_number_that_follows_from_sizes_is_checked_before_anything_is_computed():
    x, y = K.placeholder((None, 6)), K.placeholder((None, 1))
    function = K.function([x, y], [K.reshape(x, (K.shape(y)[0], -1))])
    assert function([np.ones((2, 6)), np.ones((4, 1))])[0].shape == (4, 3)
    with pytest.raises(RuntimeError, match=r"What does not fit: reshape: sizes do not fit") as raised:
        function([np.ones((2, 6)), np.ones((5, 1))])
    assert isinstance(raised.value.__cause__, ShapeMismatch)


def test_number_that_is_no_integer_scalar_is_refused():
    x = K.placeholder((2, 6))
    for size in (K.placeholder(()), K.placeholder((2,), dtype="int32")):
        with pytest.raises((TypeError, ShapeMismatch), match="Expected"):
            K.reshape(x, (size, -1))
