"""The NumPy engine's gradients against central differences in float64."""

from __future__ import annotations

import numpy as np
import pytest

from harness.backends import api as K
from harness.backends.engines import registry

STEP = 1e-6  # float64: truncation about 1e-12, rounding about 1e-10


@pytest.fixture(autouse=True)
def numpy_in_float64():
    registry.use("numpy")
    K.set_floatx("float64")
    yield
    K.set_floatx("float32")


def run_rnn(x, h, u, mask=None, go_backwards=False):
    """A recurrence with two states, a captured weight and an output that is no state."""

    def step(x_t, states):
        new = K.tanh(x_t + K.dot(states[0], u) + states[1])
        return new * 2, [new, states[1] * 0.5 + new]

    last, outputs, states = K.rnn(step, x, [h, h * 2], go_backwards=go_backwards, mask=mask)
    return last + K.sum(outputs, axis=1) * 0.3 + states[1]


MASK = np.array([[0, 1, 1, 0], [1, 0, 1, 1]])
CASES = {
    "dot": (K.dot, (3, 4), (4, 2)),
    "dot-2d_3d": (K.dot, (3, 4), (5, 4, 2)),
    "dot-3d_2d": (K.dot, (2, 3, 4), (4, 2)),
    "broadcast": (lambda x, y: x * y - x / y + y, (3, 4), (4,)),
    "maximum": (lambda x, y: K.maximum(x, y) + 2 * K.minimum(x, y), (3, 4), (3, 1)),
    "power": (lambda x: K.pow(K.exp(x), 2.5), (3, 4)),
    "trigonometry": (lambda x: K.sin(x) * K.cos(x) + K.tanh(x) * K.sigmoid(x), (3, 4)),
    "root": (lambda x: K.sqrt(K.abs(x) + 0.1) + K.log(K.square(x) + 1), (3, 4)),
    "softmax": (K.softmax, (3, 4)),
    "relu": (lambda x: K.relu(x, alpha=0.1, max_value=0.5), (3, 4)),
    "hard_sigmoid": (K.hard_sigmoid, (3, 4)),
    "clip": (lambda x: K.clip(x, -0.5, 0.5), (3, 4)),
    "reductions": (lambda x: K.mean(x, axis=0) + K.max(x, axis=0) - K.min(x, axis=0), (3, 4)),
    "slices": (lambda x: x[1:, ::2] + x[0, 0], (3, 4)),
    "shapes": (lambda x: K.squeeze(K.expand_dims(K.transpose(K.reshape(x, (4, 3))), 1), 1), (3, 4)),
    "concatenate": (lambda x, y: K.concatenate([x, y * 2], axis=1), (3, 4), (3, 2)),
    "gather": (lambda x: K.gather(x, K.variable([1, 1, 0], dtype="int32")), (3, 4)),
    "conv2d-same_strided": (
        lambda x, k: K.conv2d(x, k, (2, 2), "same", "tf"),
        (2, 5, 6, 2),
        (3, 2, 2, 3),
    ),
    "conv2d-th_dilated": (
        lambda x, k: K.conv2d(x, k, (1, 1), "valid", "th", filter_dilation=(2, 1)),
        (2, 2, 6, 5),
        (3, 2, 2, 3),
    ),
    "pool2d-average": (lambda x: K.pool2d(x, (2, 2), (2, 2), "same", "tf", "avg"), (2, 5, 5, 2)),
    "pool2d-maximum": (lambda x: K.pool2d(x, (3, 2), (2, 1), "same", "th", "max"), (2, 2, 5, 5)),
    "categorical_crossentropy": (
        lambda x, t: K.categorical_crossentropy(K.softmax(x), K.stop_gradient(K.softmax(t))),
        (3, 4),
        (3, 4),
    ),
    "categorical_crossentropy-logits": (
        lambda x: K.categorical_crossentropy(x, K.softmax(K.variable(np.arange(12.0).reshape(3, 4))), True),
        (3, 4),
    ),
    "binary_crossentropy": (lambda x: K.binary_crossentropy(K.sigmoid(x), K.ones_like(x)), (3, 1)),
    "binary_crossentropy-logits": (lambda x: K.binary_crossentropy(x, K.zeros_like(x), True), (3, 1)),
    "rnn": (run_rnn, (2, 4, 3), (2, 3), (3, 3)),
    "rnn-backwards": (lambda x, h, u: run_rnn(x, h, u, go_backwards=True), (2, 4, 3), (2, 3), (3, 3)),
    "rnn-masked": (lambda x, h, u: run_rnn(x, h, u, mask=K.variable(MASK)), (2, 4, 3), (2, 3), (3, 3)),
}
NO_FLOW = {"categorical_crossentropy": {1}}  # arguments behind stop_gradient


def differences(function, variable, value):
    """d function / d variable by central differences."""
    gradients = np.zeros_like(value)
    for place in np.ndindex(*value.shape):
        for sign in (1, -1):
            moved = value.copy()
            moved[place] += sign * STEP
            K.set_value(variable, moved)
            gradients[place] += sign * function([])[0] / (2 * STEP)
    K.set_value(variable, value)
    return gradients


@pytest.mark.parametrize("case", CASES)
def test_gradient_agrees_with_central_differences(case):
    build, *sizes = CASES[case]
    rng = np.random.RandomState(0)
    values = [rng.randn(*size) for size in sizes]
    variables = [K.variable(value) for value in values]
    loss = K.sum(K.square(build(*variables) + 0.3))
    gradients = K.gradients(loss, variables)
    function = K.function([], [loss])
    for index, (variable, value, gradient) in enumerate(zip(variables, values, gradients, strict=True)):
        expected = np.zeros_like(value) if index in NO_FLOW.get(case, ()) else differences(function, variable, value)
        np.testing.assert_allclose(K.eval(gradient), expected, rtol=1e-5, atol=1e-7)


def test_gradient_with_respect_to_an_intermediate_tensor():
    x = K.variable([1.0, 2.0])
    middle = K.exp(x)
    (gradient,) = K.gradients(K.sum(middle * x), [middle])
    np.testing.assert_allclose(K.eval(gradient), [1.0, 2.0])


@pytest.mark.parametrize(("function", "at", "expected"), [(K.relu, 0.0, 0.0), (K.sqrt, -1.0, 0.0), (K.sign, 0.5, 0.0)])
def test_gradient_at_the_edge_is_the_stated_one(function, at, expected):
    x = K.variable([at])
    assert K.eval(K.gradients(K.sum(function(x)), [x])[0]) == [expected]
