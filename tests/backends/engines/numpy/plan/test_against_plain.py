"""A planned function gives what the plain evaluation gives, call after call, and what it gave stays as it was."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines import registry
from harness.backends.errors import BackendError
from harness.backends.graph import primitives

LARGE = (40, 600)  # more than a block of elements


@pytest.fixture(autouse=True)
def float64_here():
    K.set_floatx("float64")
    yield
    K.set_floatx("float32")


def both(program: Callable[[], list[np.ndarray]]) -> tuple[list, list]:
    """What a program returns, plain and planned."""
    registry.use("numpy").evaluate_plainly()
    plain = program()
    engine = registry.use("numpy")
    planned = program()
    assert not engine.plain
    return plain, planned


def agree(program: Callable[[], list[np.ndarray]]) -> None:
    plain, planned = both(program)
    assert len(plain) == len(planned) > 0
    for expected, received in zip(plain, planned, strict=True):
        np.testing.assert_allclose(received, expected, rtol=1e-12, atol=1e-12)


def draw(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.RandomState(seed).randn(*shape)


def fuzzed(seed: int, shape: tuple[int, int]) -> Callable[[], list[np.ndarray]]:
    """A program of drawn operations over one shape, a row and a column, with updates; called three times."""
    arrays = [draw(*size, seed=seed + place) for place, size in enumerate((shape, shape, shape[1:], (shape[0], 1)))]
    two = [
        lambda x, y: x * y,
        lambda x, y: x + y,
        lambda x, y: x - y,
        K.maximum,
        K.minimum,
        lambda x, y: x / (1 + y * y),
    ]
    one = [
        K.tanh,
        K.square,
        K.abs,
        K.sigmoid,
        lambda x: K.clip(x, -1.0, 0.5),
        lambda x: K.exp(-K.square(x)),
        lambda x: -x,
    ]
    one += [lambda x: K.sqrt(K.abs(x) + 1), lambda x: x - K.mean(x, axis=0), lambda x: K.softmax(x), K.relu]

    def program() -> list[np.ndarray]:
        rng = np.random.RandomState(seed)
        x, v = K.placeholder(shape), K.variable(arrays[1])
        pool = [x, v, K.variable(arrays[2]), K.variable(arrays[3])]
        for _ in range(12):
            first, second = (pool[rng.randint(len(pool))] for _ in range(2))
            made = two[rng.randint(len(two))](first, second) if rng.rand() < 0.5 else one[rng.randint(len(one))](first)
            pool.append(made)
        whole = [tensor for tensor in pool if tensor.shape == shape]
        loss = K.mean(K.square(sum(whole[-3:]))) + K.sum(x * v)
        gradients = K.gradients(loss, [x, v])
        updates = [K.update(v, v * 0.9 + 0.1 * whole[-1] - 0.01 * gradients[1])]
        function = K.function([x], [whole[-1], whole[-2], v, *gradients], updates)
        found = [array for scale in (1.0, 0.5, 2.0) for array in function([arrays[0] * scale])]
        return [*found, K.get_value(v)]

    return program


@pytest.mark.parametrize("shape", [(3, 4), LARGE], ids=["small", "blocks"])
@pytest.mark.parametrize("seed", range(12))
def test_drawn_graphs(seed: int, shape: tuple[int, int]) -> None:
    agree(fuzzed(seed, shape))


@pytest.mark.parametrize("shape", [(3,), LARGE], ids=["small", "blocks"])
def test_updates_are_simultaneous(shape):
    def program():
        x, y = K.variable(np.zeros(shape)), K.variable(np.ones(shape))
        rows = K.variable(np.arange(float(np.prod(shape))).reshape(shape))
        swap = K.function([], [x, y, rows], [K.update(x, y), K.update(y, x + 1), K.update(rows, rows[::-1])])
        return [*swap([]), *swap([]), *map(K.get_value, (x, y, rows))]

    agree(program)


def test_an_output_shows_the_value_before_an_update():
    v = K.variable(np.zeros(LARGE))
    outputs = K.function([], [v, v[1:], v + 1], [K.update(v, v + 1)])([])
    assert [array.flat[0] for array in outputs] == [0, 0, 1]
    assert K.get_value(v).flat[0] == 1


def test_what_was_given_away_stays_as_it_was():
    x, v = K.placeholder(LARGE), K.variable(np.zeros(LARGE))
    function = K.function([x], [x * 2, K.transpose(x), x], [K.update(v, v + x)])
    given = np.ones(LARGE)
    outputs, before = function([given]), K.get_value(v)
    kept = [array.copy() for array in (*outputs, before)]
    function([given * 5])
    K.set_value(v, given * 7)
    outputs[0][:] = 3
    for array, expected in zip((*outputs[1:], before), kept[1:], strict=True):
        assert np.array_equal(array, expected)
    assert function([given])[0].flat[0] == 2
    assert given.flat[0] == 1


def test_functions_share_variables_and_see_what_is_set():
    def program():
        x, v = K.placeholder((2, 3)), K.variable(np.ones((2, 3)))
        add, double = K.function([x], [v + x], [K.update(v, v + x)]), K.function([], [v * 2], [K.update(v, v * 2)])
        found = [*add([np.ones((2, 3))]), *double([])]
        K.set_value(v, np.full((2, 3), 0.5))
        return [*found, *add([np.ones((2, 3))]), *double([]), K.get_value(v)]

    agree(program)


def test_shapes_change_from_call_to_call():
    def program():
        x, w = K.placeholder((None, 5)), K.variable(draw(5, 4))
        table, rows = K.variable(draw(9, 4)), K.placeholder((None,), dtype="int32")
        loss = K.sum(K.tanh(K.dot(x, w)) * K.gather(table, rows))
        step = K.function(
            [x, rows],
            [loss],
            [K.update_sub(v, g) for v, g in zip((w, table), K.gradients(loss, [w, table]), strict=True)],
        )
        found = [step([draw(n, 5, seed=n), np.arange(n) * 2 % 9])[0] for n in (7, 3, 7, 1, 3)]
        return [*found, K.get_value(w), K.get_value(table)]

    agree(program)


def test_a_call_that_fails_makes_no_update():
    v, table, rows = K.variable(np.zeros(LARGE)), K.variable(draw(3, 2)), K.placeholder((None,), dtype="int32")
    function = K.function([rows], [K.gather(table, rows)], [K.update(v, v + 1)])
    with pytest.raises(BackendError, match="no such row"):
        function([np.array([3])])
    assert not K.get_value(v).any()


def test_a_function_may_be_called_while_another_one_runs():
    inner_x, x = K.placeholder(LARGE), K.placeholder(LARGE)
    inner = K.function([inner_x], [K.exp(inner_x) * 0])
    (called,) = primitives.host(lambda array: inner([array]), (x,), [(LARGE, "float64")], "inner")
    outer = K.function([x], [K.square(x) + 1 + called])
    assert np.array_equal(outer([np.full(LARGE, 2.0)])[0], np.full(LARGE, 5.0))


@pytest.mark.parametrize("mode", ["same", "valid"])
@pytest.mark.parametrize(
    ("size", "channels", "window"), [((9, 8), 2, (3, 2)), ((28, 28), 8, (3, 3)), ((6, 6), 1, (1, 1))]
)
def test_convolutions_and_their_gradients(mode, size, channels, window):
    images, kernels = draw(5, *size, channels), draw(*window, channels, 3, seed=1)

    def program():
        x, w = K.placeholder((None, *size, channels)), K.variable(kernels)
        y = K.conv2d(x, w, border_mode=mode, dim_ordering="tf")
        pooled = K.pool2d(y, (2, 2), (2, 2), dim_ordering="tf")
        loss = K.sum(K.square(pooled)) + K.sum(y)  # a gradient that is one number everywhere, too
        return K.function([x], [y, pooled, *K.gradients(loss, [x, w])])([images])

    agree(program)


def test_pooling_passes_over_nan_and_takes_the_first_of_equals():
    images = np.zeros((2, 5, 5, 2))
    images[0, :2, :2] = np.nan
    images[1, 0, 1] = np.nan

    def program():
        x = K.placeholder((None, 5, 5, 2))
        y = K.pool2d(x, (2, 2), (2, 2), dim_ordering="tf")
        return K.function([x], [y, *K.gradients(K.sum(y), [x])])([images])

    agree(program)


def test_what_is_not_chosen_has_no_gradient_even_of_infinity():
    def program():
        x = K.placeholder(LARGE)
        y = K.relu(x)
        given = draw(*LARGE)
        return K.function([x], K.gradients(K.sum(K.log(y)), [x]))([given])

    plain, planned = both(program)
    assert np.array_equal(plain[0] == 0, planned[0] == 0)
    assert (planned[0] == 0).any()


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_recurrences(go_backwards, masked):
    """Two states, captures that are a right factor and that are none, outputs and last states, in several lengths."""
    kernels = [draw(4, 4, seed=place) * 0.5 for place in range(2)]

    def program():
        x = K.placeholder((None, None, 4))
        weights = [K.variable(kernel) for kernel in kernels]
        scale = K.variable(draw(4))

        def step(x_t, states):
            new = K.clip(K.dot(states[0], weights[0]) + K.dot(x_t, weights[1]) * scale, -0.5, 0.8)
            return K.tanh(new) * 2, [new, states[1] * 0.5 + K.dot(new, weights[1])]

        nothing = K.zeros_like(x[:, 0])
        mask = K.cast(x[:, :, 0] > -0.5, "int32") if masked else None
        last, outputs, states = K.rnn(step, x, [nothing, nothing + 1], go_backwards=go_backwards, mask=mask)
        loss = K.sum(K.square(last)) + K.sum(outputs[:, 1] * outputs[:, 0]) + K.sum(states[1])
        function = K.function([x], [last, outputs, *states, *K.gradients(loss, [x, *weights, scale])])
        return [array for sizes in ((3, 5), (2, 2), (3, 5)) for array in function([draw(*sizes, 4)])]

    agree(program)
