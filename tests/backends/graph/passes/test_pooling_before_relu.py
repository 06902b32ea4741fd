"""Which poolings change places with what is before them, and which do not."""

from __future__ import annotations

import pytest

from harness.backends import api as K
from harness.backends.graph.passes.pooling_before_relu import simplified
from harness.backends.graph.traversal import always_inputs, schedule


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


def test_bias_may_stand_on_either_side():
    x = images()
    assert pooled_tensors([pooled(BIAS + x)]) == [(x,)]


def test_composite_with_a_pooling_in_it_is_left_as_it_is():
    volumes = K.pool3d(K.relu(K.placeholder((None, 4, 8, 8, 3))), (2, 2, 2), (2, 2, 2), dim_ordering="tf")
    ((result,), _) = simplified([volumes], [])
    assert result is volumes


def test_pooling_comes_before_more_than_python_recurses_through():
    hidden = x = images()
    for _ in range(2000):
        hidden = K.relu(hidden + BIAS)
    assert pooled_tensors([pooled(hidden)]) == [(x,)]


def test_pooling_moves_in_new_values_of_variables_too():
    total = K.variable(0.0)
    assert names([], [(total, K.sum(pooled(K.relu(images()))))]) == ["pooling", "relu", "sum"]


BIAS = K.variable([[[[1.0]], [[2.0]], [[3.0]]]])
HIDDEN = {"relu": K.relu, "bias": lambda x: x + BIAS, "both": lambda x: K.relu(x + BIAS)}
HIDDEN["bias first"] = lambda x: BIAS + x


def pooled_tensors(outputs):
    """What the poolings of a function take."""
    order = schedule(simplified(outputs, [])[0], always_inputs)
    return [operation.inputs for operation in order if operation.name == "pooling"]


@pytest.mark.parametrize("hide", HIDDEN.values(), ids=HIDDEN)
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
def test_pooling_stays_where_its_input_is_needed_or_nothing_is_gained(make, hide):
    hidden = hide(images())
    assert pooled_tensors(make(hidden)) == [(hidden,)]


def test_pooling_goes_only_as_far_as_what_is_needed():
    biased = images() + BIAS
    assert pooled_tensors([pooled(K.relu(biased)), biased]) == [(biased,)]


def test_windows_that_leave_fewer_rows_alone_come_first():
    x = images()
    assert pooled_tensors([pooled(K.relu(x), strides=(2, 1))]) == [(x,)]


@pytest.mark.parametrize("shape", [(8, 8), (1, 3, 8, 1)])
def test_what_differs_from_place_to_place_stays(shape):
    names_before = names([pooled(images() + K.placeholder(shape))])
    assert names_before == ["pooling"]


@pytest.mark.parametrize("shape", [(8, 1, 3), (1, 8, 3)])
def test_what_differs_from_row_to_row_or_from_column_to_column_stays(shape):
    biased = K.placeholder((None, 8, 8, 3)) + K.placeholder(shape)
    assert pooled_tensors([K.pool2d(biased, (2, 2), (2, 2), dim_ordering="tf")]) == [(biased,)]


def test_bias_of_more_images_than_there_are_stays():
    biased = K.placeholder((1, 3, 8, 8)) + K.placeholder((5, 3, 1, 1))
    assert pooled_tensors([pooled(biased)]) == [(biased,)]


def test_bias_is_one_of_the_layout():
    x, of_last = K.placeholder((None, 8, 8, 3)), K.variable([1.0, 2.0, 3.0])
    pool = K.pool2d(x + of_last, (2, 2), (2, 2), dim_ordering="tf")
    assert pooled_tensors([pool]) == [(x,)]
    biased = K.placeholder((None, 3, 8, 3)) + of_last  # of each column, where channels come first
    assert pooled_tensors([pooled(biased)]) == [(biased,)]


@pytest.mark.parametrize(("alpha", "limit"), [(0.0, 1.0), (-0.5, None)])
def test_relu_that_reverses_or_flattens_the_order_stays(alpha, limit):
    hidden = K.relu(images(), alpha, limit)
    assert pooled_tensors([pooled(hidden)]) == [(hidden,)]


def test_leak_of_a_leaky_relu_is_kept():
    ((result,), _) = simplified([pooled(K.relu(images(), 0.25))], [])
    assert result.operation.attributes["alpha"] == 0.25
