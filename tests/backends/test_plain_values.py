"""Lists as users write them, as opposed to single values."""

from __future__ import annotations

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.plain_values import listed, several


def failing():
    """An iterator that fails when it is used."""
    yield 1
    raise TypeError("of the iterator")


def test_listed_keeps_lists_and_makes_lists_of_what_has_an_order():
    pair = (1, 2)
    assert listed(pair) is pair
    for values in (range(1, 3), np.array([1, 2]), iter([1, 2]), (each for each in (1, 2))):
        assert listed(values) == [1, 2]


@pytest.mark.parametrize("values", [None, 1, "ab", {1, 2}, {1: 2}, int, np.array(1), np.float32(1)], ids=repr)
def test_listed_gives_none_for_what_has_no_order(values):
    assert listed(values) is None


def test_listed_takes_a_tensor_for_one_value():
    x = K.placeholder((2,))
    assert listed(x) is None
    assert several(x) == [x]
    assert several([x]) == [x]


def test_listed_passes_on_what_an_iterator_raises_later():
    with pytest.raises(TypeError, match="of the iterator"):
        listed(failing())
