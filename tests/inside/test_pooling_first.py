"""Which poolings change places with what is before them, and which do not."""

from __future__ import annotations

import pytest

from harness.backends import api as K
from harness.backends.graph import always_inputs, schedule
from harness.backends.pooling_first import simplified


def images():
    return K.placeholder((None, 3, 8, 8))


def pooled(x, mode="max", strides=(2, 2)):
    return K.pool2d(x, (2, 2), strides, dim_ordering="th", pool_mode=mode)


def names(outputs, updates=()):
    """The names of a function's operations from the first pooling on."""
    outputs, updates = simplified(outputs, list(updates))
    order = [operation.name for operation in schedule(outputs + [new for _, new in updates], always_inputs)]
    return order[order.index("pooling") :]


def test_bias_and_relu_follow_the_pooling():
    bias = K.variable([[[[1.0]], [[2.0]], [[3.0]]]])
    assert names([pooled(K.relu(images() + bias))]) == ["pooling", "add", "relu"]


def test_poolings_one_after_another_all_come_first():
    assert names([pooled(K.relu(pooled(K.relu(images()))))]) == ["pooling", "pooling", "relu", "relu"]


def test_new_values_of_variables_are_computed_so():
    total = K.variable(0.0)
    assert names([], [(total, K.sum(pooled(K.relu(images()))))]) == ["pooling", "relu", "sum"]


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda hidden: [pooled(hidden), hidden], id="an output"),
        pytest.param(lambda hidden: [pooled(hidden), K.sum(hidden)], id="used twice"),
        pytest.param(lambda hidden: K.gradients(K.sum(pooled(hidden)), [hidden]), id="differentiated by"),
        pytest.param(lambda hidden: [pooled(hidden, mode="avg")], id="average"),
        pytest.param(lambda hidden: [pooled(hidden, strides=(1, 1))], id="as many windows as places"),
    ],
)
def test_pooling_stays_where_its_input_is_needed_or_nothing_is_gained(make):
    hidden = K.relu(images())
    outputs = make(hidden)
    assert hidden.operation in schedule(simplified(outputs, [])[0], always_inputs)


@pytest.mark.parametrize("shape", [(8, 8), (1, 3, 8, 1)])
def test_what_differs_from_place_to_place_stays(shape):
    names_before = names([pooled(images() + K.placeholder(shape))])
    assert names_before == ["pooling"]


def test_relu_with_a_limit_stays():
    assert names([pooled(K.relu(images(), max_value=1.0))]) == ["pooling"]
