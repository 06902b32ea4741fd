"""What is guarded against infinities and nan, and the layers of a network, which are not."""

from __future__ import annotations

import pytest

from harness.backends import api as K
from harness.backends.engines.nan_guards import has_some_nan, is_finite_sum

X = K.placeholder((4, 3))
IMAGES = K.placeholder((2, 6, 6, 3))
WEIGHTS, BIAS = K.ones((3, 3)), K.zeros((3,))
KERNEL = K.ones((3, 3, 3, 3))
LAYER = K.dot(X, WEIGHTS) + BIAS
CONVOLVED = K.conv2d(IMAGES, KERNEL, dim_ordering="tf") + BIAS


@pytest.mark.parametrize(
    "tensor",
    [
        LAYER,
        BIAS + K.dot(X, WEIGHTS),
        LAYER + K.reshape(BIAS, (1, 3)),
        CONVOLVED,
        K.pool2d(CONVOLVED, (2, 2), dim_ordering="tf"),
    ],
)
def test_layer_is_finite_sum(tensor):
    assert is_finite_sum(tensor)


@pytest.mark.parametrize("tensor", [X, X + BIAS, LAYER + X, LAYER * 2.0, LAYER / BIAS, K.log(LAYER), LAYER - BIAS])
def test_other_tensor_is_no_finite_sum(tensor):
    assert not is_finite_sum(tensor)


def test_each_layer_of_a_deep_network_is_visited_once():
    """Each block leads to the one before on two ways: looked at along both, sixty would not end."""
    hidden = other = LAYER
    for _ in range(60):
        hidden, other = K.relu(hidden + (K.dot(hidden, WEIGHTS) + BIAS)), K.relu(other + X)
    assert is_finite_sum(hidden)
    assert not is_finite_sum(other)


def test_argmax_over_a_softmax_meets_no_nan_beside_numbers():
    assert not has_some_nan(K.argmax(K.softmax(X)).operation)
    assert has_some_nan(K.argmax(K.softmax(X), axis=0).operation)
    assert has_some_nan(K.argmax(X).operation)
    assert not has_some_nan(K.argmax(K.cast(X, "int32")).operation)
