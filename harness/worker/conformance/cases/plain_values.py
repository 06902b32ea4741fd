"""Numbers, arrays and nested lists where a tensor is usual: constants, of floatx where floats are expected."""

import numpy as np

from harness.worker.conformance.cases.draws import facts
from harness.worker.conformance.forms import Expression, Program, as_input, draw

X, Y = draw(2, 3, seed=620), draw(2, 3, seed=621)
ROWS = [[1.0, -2.0, 3.5], [0.25, 4.0, -1.5]]
INTEGERS = [[1, 2, 3], [4, 5, 6]]
BOTH = {"x": X, "y": Y}


def elementwise(K, P, x):
    """Integers are floats to a function of floats; beside a tensor they are of its dtype."""
    return {
        "exp": K.exp(2),
        "tanh": K.tanh(np.float64(0.5)),
        "sqrt": K.sqrt(INTEGERS),
        "square": K.square(np.array(ROWS)),
        "abs": K.abs(ROWS),
        "sign": K.sign(-3),
        "relu": K.relu(ROWS),
        "softmax": K.softmax(ROWS),
        "maximum": K.maximum(x, 0),
        "minimum": K.minimum([1, 0, -1], x),
        "equal": K.equal([0.0, 1.0], 1),
        "greater": K.greater(x, ROWS),
        "pow": K.pow(np.array(INTEGERS), 2),
        "clip": K.clip(ROWS, -1, 1),
        "cast": K.cast([0.5, 1.5], "int32"),
        "operators": (x + ROWS[0]) * np.float64(2.0) - [[1], [2]],
        "reversed": 1 - np.array(ROWS) / (x + 3),
    }


def reductions(K, P):
    """Of constants alone."""
    return {
        "number": K.sum(3.0),
        "sum": K.sum(ROWS, axis=0),
        "mean": K.mean(INTEGERS, axis=1),
        "max": K.max(INTEGERS),
        "argmax": K.argmax(ROWS),
        "any": K.any([[True, False], [False, False]], axis=1),
        "std": K.std(np.array(ROWS), axis=0, keepdims=True),
    }


def shaping(K, P, x):
    """Beside tensors and alone."""
    return {
        "concatenate": K.concatenate([x, ROWS, np.array(ROWS)], axis=0),
        "stack": K.stack([[1.0, 2.0], [3.0, 4.0]]),
        "reshape": K.reshape(ROWS, (3, 2)),
        "transpose": K.transpose(INTEGERS),
        "expand_dims": K.expand_dims(2.5),
        "repeat": K.repeat(ROWS, 2),
        "reverse": K.reverse(ROWS, 1),
        "gather": K.gather(ROWS, [1, 0, 1]),
        "one_hot": K.one_hot([0, 2], 3),
        "zeros_like": K.zeros_like(ROWS),
        "shape": K.shape(ROWS),
    }


def products(K, P, x):
    """One of two, and both."""
    return {
        "dot": K.dot(np.array(ROWS).T, x),
        "dot_list": K.dot(x, [[1], [2], [3]]),
        "dot_both": K.dot(INTEGERS, [[1.0], [0.5], [0.25]]),
        "batch_dot": K.batch_dot(x, ROWS, axes=1),
    }


def losses(K, P, x):
    """Targets and statistics."""
    p = K.softmax(x)
    return {
        "categorical": K.categorical_crossentropy(p, [[1, 0, 0], [0, 0.5, 0.5]]),
        "sparse": K.sparse_categorical_crossentropy(p, [2, 0]),
        "binary": K.binary_crossentropy(K.sigmoid(x), [[1, 0, 1], [0, 1, 1]]),
        "normalised": K.batch_normalization(x, 0.5, 2, 1, [1, 2, 3]),
        "top": K.cast(K.in_top_k(p, [0, 1], 1), "int32"),
    }


def switched(K, P, x, y):
    """Branches that are numbers where the condition is true element by element; conditions that are plain."""
    return {
        "numbers": K.switch(x > 0, 1.0, 0.0),
        "integers": K.switch(K.greater(x, 0), 1, -1),
        "mixed": K.switch(x > 0, 2, 0.5),
        "numpy": K.switch(x > 0, np.float64(1.5), np.array([1.0, 2.0, 3.0])),
        "one_tensor": K.switch(x > 0, y, 0),
        "of_number": K.switch(x, 1.0, y),
        "vector": K.switch(x > 0, K.sum(y, axis=0), [5.0, 6.0, 7.0]),
        "callables": K.switch(x > 0, lambda: 3.0, lambda: y),
        "true": K.switch(True, 1.0, 2.0),
        "zero": K.switch(0, x, 2.0),
        "list": K.switch([1, 0], x, y),
        "column": K.switch(K.sum(x, axis=1, keepdims=True) > 0, 1.0, 0.0),
    }


def listed(K, P, x, y):
    """Lists that have tensors in them are stacked."""
    return {
        "sum": K.sum([x, y], axis=0),
        "maximum": K.maximum([x[0], [0.0, 0.0, 0.0]], [y[0], y[1]]),
        "mean": K.mean([K.sum(x), K.sum(y), 1]),
        "operator": x * [K.sum(x), 2.0, K.sum(y)],
    }


def in_steps(K, P, x):
    """Sequences, first states, masks and elements."""
    sequence = np.arange(12.0).reshape(2, 3, 2) / 10

    def step(element, states):
        return element + states[0], [element + states[0]]

    _, outputs, _ = K.rnn(step, sequence, [[[1.0, 2.0], [3.0, 4.0]]], mask=[[1, 0, 1], [0, 1, 1]])
    return {
        "rnn": outputs,
        "map_fn": K.map_fn(lambda row: K.sum(row * x), ROWS),
        "foldl": K.foldl(lambda total, row: total * 0.5 + row, ROWS, [0.0, 1.0, 2.0]),
        "foldr": K.foldr(lambda total, row: total - row, np.array(ROWS)),
    }


def phases(bench):
    """A number instead of a branch is one of the other's shape, in both phases."""
    K = bench.K
    x, phase = K.placeholder((None, 3)), K.learning_phase()
    outputs = [
        K.in_train_phase(x, 0.0),
        K.in_test_phase(2, x),
        K.in_train_phase(1, lambda: x),
        K.in_train_phase(1.0, 0),
    ]
    function = bench.function([x, phase], outputs, [])
    results = {}
    for value in (0, 1):
        found = function([as_input(X, K.floatx()), value])
        results.update(("value/output_%d_%d" % (place, value), array) for place, array in enumerate(found))
    return results


def updates(bench):
    """New values and steps."""
    K = bench.K
    a, b, c, d = (K.variable(np.ones(3)) for _ in range(4))
    steps = [K.update(a, [1, 2, 3]), K.update_add(b, [0.5, 1.5, 2.5]), K.update_sub(c, np.arange(3))]
    steps.append(K.moving_average_update(d, [2.0, 3.0, 4.0], 0.5))
    bench.function([], [], steps)([])
    results = {"update/" + name: K.get_value(v) for name, v in zip("abcd", (a, b, c, d))}
    asked = K.ndim(ROWS) == 2, K.int_shape(ROWS) == (2, 3), K.dtype(ROWS) == K.floatx(), K.count_params(ROWS) == 6
    return dict(results, **facts(**{"asked_%d" % place: holds for place, holds in enumerate(asked)}))


CASES = [
    Expression("plain_values-elementwise", {"x": X}, elementwise, ("x",)),
    Expression("plain_values-reductions", {}, reductions),
    Expression("plain_values-shaping", {"x": X}, shaping, ("x",)),
    Expression("plain_values-products", {"x": X}, products, ("x",)),
    Expression("plain_values-losses", {"x": X}, losses, ("x",)),
    Expression("plain_values-switched", BOTH, switched, ("x", "y")),
    Expression("plain_values-switched-free", BOTH, switched, free=("x", "y"), free_times=("x", "y")),
    Expression("plain_values-listed", BOTH, listed, ("x", "y")),
    Expression("plain_values-in_steps", {"x": X}, in_steps, ("x",)),
    Program("plain_values-phases", phases),
    Program("plain_values-updates", updates),
]
