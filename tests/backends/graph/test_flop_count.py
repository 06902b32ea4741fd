"""The count of floating-point operations, against numbers derived by hand."""

from __future__ import annotations

import pytest

from harness.backends import api as K
from harness.backends.engines import registry
from harness.backends.graph import flop_count, primitives


@pytest.fixture(autouse=True)
def numpy_engine():
    registry.use("numpy")
    K.set_floatx("float32")


def inputs(*shapes: tuple) -> list:
    return [K.placeholder(shape) for shape in shapes]


def back(result, *wrt) -> int:
    """The operations of the gradients of the sum of `result`, beside the way there."""
    return flop_count.count(K.gradients(result, list(wrt))) - flop_count.count([result])


def test_product_counts_a_multiplication_and_an_addition_a_term():
    x, y = inputs((7, 5), (5, 3))
    assert flop_count.count([K.dot(x, y)]) == 2 * 7 * 5 * 3


def test_product_of_three_axes_counts_every_row():
    x, y = inputs((4, 7, 5), (5, 3))
    assert flop_count.count([K.dot(x, y)]) == 2 * 4 * 7 * 5 * 3


def test_batched_product_counts_every_sample():
    x, y = inputs((4, 7, 5), (4, 5, 3))
    assert flop_count.count([K.batch_dot(x, y)]) == 2 * 4 * 7 * 5 * 3


@pytest.mark.parametrize(("border_mode", "places"), [("valid", 26 * 24), ("same", 28 * 26)])
@pytest.mark.parametrize("ordering", ["th", "tf"])
def test_convolution_counts_a_whole_window_a_place(border_mode, places, ordering):
    shapes = ((2, 3, 28, 26), (8, 3, 3, 3)) if ordering == "th" else ((2, 28, 26, 3), (3, 3, 3, 8))
    x, kernel = inputs(*shapes)
    convolved = K.conv2d(x, kernel, border_mode=border_mode, dim_ordering=ordering)
    assert flop_count.count([convolved]) == 2 * 2 * 8 * places * 3 * 3 * 3
    assert back(convolved, x, kernel) == 2 * flop_count.count([convolved])


def test_pooling_counts_every_element_of_a_window():
    (x,) = inputs((2, 8, 6, 3))
    pooled = K.pool2d(x, (2, 2), (2, 2), dim_ordering="tf")
    assert flop_count.count([pooled]) == 2 * 4 * 3 * 3 * 4
    assert back(pooled, x) == 2 * 4 * 3 * 3 * 4


def test_dense_layer_and_its_backward_pass():
    x, kernel, bias = inputs((7, 5), (5, 3), (3,))
    product = 2 * 7 * 5 * 3
    result = K.relu(K.dot(x, kernel) + bias)
    assert flop_count.count([result]) == product + 7 * 3 + 7 * 3
    # of the kernel a product; of the bias a sum over the samples; of relu two operations an element
    assert back(result, kernel, bias) == product + 7 * 3 + 2 * 7 * 3
    assert back(result, x, kernel, bias) == 2 * product + 7 * 3 + 2 * 7 * 3


def test_unused_inputs_get_no_gradient():
    x, y, z = inputs((7, 5), (5, 3), (3, 4))
    result = K.dot(K.dot(x, y), z)
    assert back(result, z) == 2 * 7 * 3 * 4
    assert back(result, y) == 2 * 7 * 3 * 4 + 2 * 7 * 5 * 3


def test_gradients_that_meet_are_added():
    (x,) = inputs((7, 5))
    assert back(K.exp(x) + K.tanh(x), x) == 7 * 5 * (1 + 3 + 1)


def test_no_gradient_flows_through_what_stops_it():
    (x,) = inputs((7, 5))
    assert back(K.exp(x) * K.stop_gradient(K.exp(x)), x) == 7 * 5 * (1 + 1 + 1)


def test_moving_numbers_is_no_arithmetic():
    (x,) = inputs((4, 6))
    moved = K.concatenate([K.transpose(K.reshape(x, (6, 4)))[:, 1:], K.cast(x, "float32")])
    assert flop_count.count([moved]) == 0


def test_integers_are_no_arithmetic():
    x = K.placeholder((4, 6), dtype="int32")
    assert flop_count.count([x + x]) == 0
    assert flop_count.count([K.cast(x + x, "float32") * 2.0]) == 4 * 6


def test_rows_of_a_table_are_added_up_in_the_backward_pass():
    table, rows = K.placeholder((50, 8)), K.placeholder((4, 3), dtype="int32")
    assert back(K.gather(table, rows), table) == 4 * 3 * 8


def test_reductions_take_an_operation_an_element():
    (x,) = inputs((4, 6))
    assert flop_count.count([K.sum(x)]) == 24
    assert flop_count.count([K.mean(x, axis=1)]) == 24 + 4
    assert flop_count.count([K.argmax(x)]) == 24


def recurrence(batch: int, times: int, units: int) -> tuple:
    """(last state, recurrent weights) of h' = tanh(x + h U)."""
    x, weights, first = inputs((batch, times, units), (units, units), (batch, units))

    def step(x_t, states):
        h = K.tanh(x_t + K.dot(states[0], weights))
        return h, [h]

    return K.rnn(step, x, [first])[0], weights


def test_scan_counts_its_body_once_a_time_step():
    last, weights = recurrence(batch=2, times=9, units=5)
    product = 2 * 2 * 5 * 5
    assert flop_count.count([last]) == 9 * (product + 2 * 2 * 5)
    # each step a product to the state before, one to the weights, and tanh's gradient; the weights' are added up
    expected = 9 * (2 * product + 3 * 2 * 5) + 8 * 5 * 5
    assert back(last, weights) == expected


def test_count_refuses_sizes_that_only_a_call_knows():
    with pytest.raises(flop_count.Uncountable, match="size is not known"):
        flop_count.count([K.exp(K.placeholder((None, 3)))])


def test_count_refuses_what_is_a_program():
    (x,) = inputs((2, 3))
    counted = primitives.host(lambda array: [array], (x,), [((2, 3), "float32")], "test")
    with pytest.raises(flop_count.Uncountable, match="host"):
        flop_count.count(counted)
