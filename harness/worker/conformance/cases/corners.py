"""Gradients where a formula has 0 times infinity or no gradient at all, and gradients of gradients there."""

import numpy as np

from harness.worker.conformance.forms import Program, draw, gradients_of, of_api

ZEROS = np.array([[0.0, 2.0, 4.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0], [-1.0, 2.0, -0.5]])
TIMES = draw(2, 2, 3, low=0.25, high=1.25, seed=640)
TIES = np.array([[2.0, 2.0, 1.0], [1.0, 1.0, 1.0], [-1.0, -1.0, 0.0]])
FIRST = {
    # name -> of a tensor, ZEROS
    "power_0": lambda K, x: K.pow(x, 0),
    "power_0_float": lambda K, x: K.pow(x, 0.0),
    "power_of_zeros": lambda K, x: K.pow(x, K.zeros((4, 3))),
    "power_1": lambda K, x: K.pow(x, 1),
    "power_of_ones": lambda K, x: K.pow(x, K.ones((4, 3))),
    "power_2": lambda K, x: K.pow(x, 2),
    "power_3": lambda K, x: K.pow(x, 3.0),
    "power_of_threes": lambda K, x: K.pow(x, 3.0 * K.ones((4, 3))),
    "root": lambda K, x: K.pow(K.abs(x), 1.5),
    "exponent_of_0": lambda K, x: K.pow(0.0, K.abs(x)),
    "exponent_of_1": lambda K, x: K.pow(1.0, x),
    "exponent_of_negative": lambda K, x: K.pow(-2.0, K.round(x) * 2.0),
    "exponent_of_itself": lambda K, x: K.pow(K.abs(x), 0.0 * x + 2.0),
    "product": lambda K, x: K.prod(x, axis=1),
    "product_down": lambda K, x: K.prod(x + 1.0, axis=0, keepdims=True),
    "product_of_all": lambda K, x: K.prod(x[3:]),
    "product_squared": lambda K, x: K.square(K.prod(x, axis=1)),
    "sqrt": lambda K, x: K.sqrt(x),
    "sqrt_of_square": lambda K, x: K.sqrt(K.square(x)),
    "length": lambda K, x: K.sqrt(K.sum(K.square(x), axis=1)),
    "abs": lambda K, x: K.abs(x),
    "sign": lambda K, x: K.sign(x),
    "round": lambda K, x: K.round(x),
    "relu": lambda K, x: K.relu(x),
    "relu_to_2": lambda K, x: K.relu(x, max_value=2.0),
    "clip": lambda K, x: K.clip(x, 0.0, 2.0),
    "maximum": lambda K, x: K.maximum(x, 2.0),
    "maximum_of_number": lambda K, x: K.maximum(2.0, x),
    "minimum": lambda K, x: K.minimum(x, 0.0),
    "minimum_of_number": lambda K, x: K.minimum(0.0, x),
    "maximum_of_itself": lambda K, x: K.maximum(x, x),
    "softsign": lambda K, x: K.softsign(x),
    "elu": lambda K, x: K.elu(x),
    "chosen": lambda K, x: K.switch(K.greater(x, 0.0), K.log(K.maximum(x, 1e-3)), x),
}
TIED = {
    # name -> of a tensor, TIES
    "max": lambda K, x: K.max(x, axis=1),
    "min": lambda K, x: K.min(x, axis=1),
    "max_of_all": lambda K, x: K.max(x),
    "min_down": lambda K, x: K.min(x, axis=0, keepdims=True),
    "deviation": lambda K, x: K.std(x, axis=1),
    "deviation_of_same": lambda K, x: K.std(x[1:2], axis=1),
    "pooled": lambda K, x: K.pool2d(K.reshape(x, (1, 3, 3, 1)), (3, 3), dim_ordering="tf"),
    "zeros_of_length_1": lambda K, x: K.sum(K.l2_normalize(0.0 * x, 1)),
}
EXAMPLE = np.array([[0.0, 2.0, 4.0]])
SECOND = {
    # name -> (of a tensor, what is taken of its gradient, the tensor's value, the gradient of that)
    "example": (lambda K, x: K.prod(x, axis=1), lambda K, g: g[0, 1], EXAMPLE, [[4, 0, 0]]),
    "product_of_two_zeros": (lambda K, x: K.prod(x), lambda K, g: g[0, 0], [[0, 0, 3]], [[0, 3, 0]]),
    "product_of_zeros": (lambda K, x: K.prod(x, axis=1), lambda K, g: K.sum(g), [[0, 0, 0]], [[0, 0, 0]]),
    "product_of_four": (lambda K, x: K.prod(x, axis=1), lambda K, g: g[0, 3], [[1, 0, 2, 3]], [[0, 2, 0, 0]]),
    "product_down": (lambda K, x: K.prod(x, axis=0), lambda K, g: g[0, 0], [[0, 1], [5, 2]], [[0, 0], [1, 0]]),
    "power_0": (lambda K, x: K.pow(x, 0), lambda K, g: K.sum(g), EXAMPLE, [[0, 0, 0]]),
    "power_1": (lambda K, x: K.pow(x, 1), lambda K, g: K.sum(g), EXAMPLE, [[0, 0, 0]]),
    "power_2": (lambda K, x: K.pow(x, 2), lambda K, g: K.sum(g), EXAMPLE, [[2, 2, 2]]),
    "power_3": (lambda K, x: K.pow(x, 3), lambda K, g: K.sum(g), EXAMPLE, [[0, 12, 24]]),
    "power_of_ones": (lambda K, x: K.pow(x, K.ones((1, 3))), lambda K, g: K.sum(g), EXAMPLE, [[0, 0, 0]]),
    "square_of_max": (lambda K, x: K.square(K.max(x, axis=1)), lambda K, g: K.sum(g), EXAMPLE, [[0, 0, 2]]),
    "square_of_min": (lambda K, x: K.square(K.min(x, axis=1)), lambda K, g: K.sum(g), EXAMPLE, [[2, 0, 0]]),
    "square_of_relu": (lambda K, x: K.square(K.relu(x)), lambda K, g: K.sum(g), EXAMPLE, [[0, 2, 2]]),
    "square_of_clip": (lambda K, x: K.square(K.clip(x, 0.5, 3.0)), lambda K, g: K.sum(g), EXAMPLE, [[0, 2, 0]]),
    "larger": (lambda K, x: K.maximum(x * x, 5.0), lambda K, g: K.sum(g), EXAMPLE, [[0, 0, 2]]),
    "root": (lambda K, x: K.sqrt(x), lambda K, g: K.sum(g), [[4.0, 1.0]], [[-1 / 32, -1 / 4]]),
    "chosen": (lambda K, x: K.switch(K.greater(x, 1.0), x * x, x), lambda K, g: K.sum(g), EXAMPLE, [[0, 2, 2]]),
}


def first(bench):
    """Gradients at zeros."""
    return gradients_of(bench, FIRST, ZEROS)


def tied(bench):
    """Gradients at ties."""
    return gradients_of(bench, TIED, TIES)


def second(bench):
    """Of each function whether its second gradient is right, or refused: NumPy and CNTK differentiate once."""
    facts = {name: gradient_is_right(bench, *parts) for name, parts in SECOND.items()}
    facts["product_of_unknown"] = is_right_or_refused(lambda: second_of_unknown(bench), [[4, 0, 0]])
    return {"value/" + name: np.array(fact) for name, fact in facts.items()}


def gradient_is_right(bench, build, part, value, expected):
    K = bench.K
    x = K.placeholder(np.shape(value))

    def found():
        gradient = K.gradients(build(K, x), [x])[0]
        again = K.gradients(part(K, gradient), [x])[0]
        return bench.function([x], [gradient * 0.0 if again is None else again])([np.array(value, "float64")])[0]

    if bench.engine.backend in ("numpy", "cntk") and np.any(expected):
        return is_right_or_refused(found, None)
    return is_right_or_refused(found, expected)


def second_of_unknown(bench):
    """Of a product over an axis whose size the graph does not know; some engines know it when they compile."""
    K = bench.K
    x = K.placeholder((None, None))
    gradient = K.gradients(K.prod(x, axis=1), [x])[0]
    return bench.function([x], K.gradients(gradient[0, 1], [x]))([EXAMPLE])[0]


def is_right_or_refused(call, expected):
    """Whether a call gives what is expected, if anything is, or says that this is not to be had."""
    from harness.backends.errors import UnsupportedOperation

    try:
        found = call()
    except UnsupportedOperation as error:
        return "not twice" in str(error)
    return expected is not None and np.allclose(found, expected, rtol=1e-5, atol=1e-6)


def loops(K, x):
    """Powers of computed numbers, step by step."""

    def step(now, states):
        power = K.pow(K.abs(now) + 1.0, states[0])
        return power + K.pow(2.0, states[0]), [power]

    return {"last": K.rnn(step, x, [x[:, 0]])[0], "unrolled": K.rnn(step, x, [x[:, 0]], unroll=True)[1]}


def stopped(K, x, y):
    """What only a stopped tensor leads to has a gradient of 0, beside others that have one."""
    return {"product": K.square(x) * K.stop_gradient(y), "computed": K.stop_gradient(x + y) - x}


CASES = [
    Program("corners-first", first),
    Program("corners-tied", tied),
    Program("corners-second", second),
    of_api("corners-loops", loops, ("x",), x=TIMES),
    of_api("corners-stopped", stopped, ("x", "y"), smooth=False, x=TIES, y=ZEROS[:3]),
]
