"""Batches of no samples and axes of size 0: shapes as NumPy has them; sums 0, products 1, means nan; gradients of 0.

CNTK has no tensors without elements, and says so.
"""

import numpy as np

from harness.worker.conformance.forms import Program

NAN = float("nan")
BATCH = {
    # name -> (build, shapes of the float inputs, shape of the result)
    "elementwise": (lambda K, x: K.relu(K.exp(x) * 2.0 + x // 2.0 - x % 2.0), [(0, 3)], (0, 3)),
    "add": (lambda K, x, y: x + y, [(0, 3), (3,)], (0, 3)),
    "clip": (lambda K, x: K.clip(x, 0.0, 1.0), [(2, 0)], (2, 0)),
    "sum": (lambda K, x: K.sum(x, axis=1), [(0, 3)], (0,)),
    "max": (lambda K, x: K.max(x, axis=1), [(0, 3)], (0,)),
    "argmax": (lambda K, x: K.cast(K.argmax(x), "float32"), [(0, 3)], (0,)),
    "softmax": (lambda K, x: K.softmax(x), [(0, 3)], (0, 3)),
    "l2": (lambda K, x: K.l2_normalize(x, 1), [(0, 3)], (0, 3)),
    "dot": (lambda K, x, y: K.dot(x, y), [(0, 3), (3, 4)], (0, 4)),
    "dot_cube": (lambda K, x, y: K.dot(x, y), [(2, 0, 3), (2, 3, 4)], (2, 0, 2, 4)),
    "batch_dot": (lambda K, x, y: K.batch_dot(x, y), [(0, 2, 3), (0, 3, 4)], (0, 2, 4)),
    "batch_dot_open": (lambda K, x, y: K.batch_dot(x, y), [(0, 2, 5, 3), (0, 3, 4)], (0, 2, 5, 4)),
    "reshape": (lambda K, x: K.reshape(x, (-1, 2)), [(0, 4)], (0, 2)),
    "reshape_kept": (lambda K, x: K.reshape(x, (K.shape(x)[0], -1)), [(0, 2, 3)], (0, 6)),
    "flatten": (lambda K, x: K.batch_flatten(x), [(0, 2, 3)], (0, 6)),
    "flatten_nothing": (lambda K, x: K.batch_flatten(x), [(2, 0, 3)], (2, 0)),
    "permuted": (lambda K, x: K.permute_dimensions(K.expand_dims(x, 0), (2, 0, 1)), [(0, 3)], (3, 1, 0)),
    "joined": (lambda K, x, y: K.concatenate([x, y], 0), [(0, 3), (0, 3)], (0, 3)),
    "stacked": (lambda K, x: K.stack([x, x]), [(0, 3)], (2, 0, 3)),
    "turned": (lambda K, x: K.reverse(x, [0, 1]), [(0, 3)], (0, 3)),
    "tiled": (lambda K, x: K.tile(x, (2, 2)), [(0, 3)], (0, 6)),
    "repeated": (lambda K, x: K.repeat_elements(x, 2, 1), [(0, 3)], (0, 6)),
    "rows": (lambda K, x: K.repeat(x, 3), [(0, 2)], (0, 3, 2)),
    "sliced": (lambda K, x: x[5:], [(3, 2)], (0, 2)),
    "sliced_backwards": (lambda K, x: x[:, 2:1:1][::-1], [(3, 2)], (3, 0)),
    "gather": (lambda K, x: K.gather(x, K.arange(K.shape(x)[1] - 2)), [(3, 2)], (0, 2)),
    "padded": (lambda K, x: K.temporal_padding(x), [(0, 2, 3)], (0, 4, 3)),
    "resized": (lambda K, x: K.resize_images(x, 2, 3, "tf"), [(0, 2, 2, 1)], (0, 4, 6, 1)),
    "pooled": (lambda K, x: K.pool2d(x, (2, 2), (2, 2), dim_ordering="tf"), [(0, 5, 5, 2)], (0, 2, 2, 2)),
    "averaged": (
        lambda K, x: K.pool2d(x, (2, 2), (2, 2), "same", "th", "avg"),
        [(0, 2, 5, 5)],
        (0, 2, 3, 3),
    ),
    "pooled3d": (lambda K, x: K.pool3d(x, (2, 2, 2), dim_ordering="tf"), [(0, 3, 3, 3, 1)], (0, 2, 2, 2, 1)),
    "crossentropy": (lambda K, x, y: K.categorical_crossentropy(x, y), [(0, 3), (0, 3)], (0,)),
    "binary": (lambda K, x, y: K.binary_crossentropy(x, y), [(0, 3), (0, 3)], (0, 3)),
    "normalised": (
        lambda K, x, m: K.batch_normalization(x, m, m, m, m),
        [(0, 3), (3,)],
        (0, 3),
    ),
    "switch": (lambda K, x: K.switch(x[:, 0] > 0, x, x * 2.0), [(0, 3)], (0, 3)),
    "drawn": (lambda K, x: K.random_normal(K.shape(x)) + K.random_uniform((0, 3)) + K.zeros_like(x), [(0, 3)], (0, 3)),
    "dropout": (lambda K, x: K.dropout(x, 0.5), [(0, 3)], (0, 3)),
    "rnn": (lambda K, x, h: K.rnn(lambda e, s: (e + s[0], [e + s[0]]), x, [h])[1], [(0, 3, 4), (0, 4)], (0, 3, 4)),
    "rnn_masked": (
        lambda K, x, h: K.rnn(lambda e, s: (e + s[0], [e + s[0]]), x, [h], mask=x[:, :, 0])[0],
        [(0, 3, 4), (0, 4)],
        (0, 4),
    ),
    "rnn_of_nothing": (
        lambda K, x, h: K.rnn(lambda e, s: (e + s[0], [e + s[0]]), x, [h])[1],
        [(2, 3, 0), (2, 0)],
        (2, 3, 0),
    ),
    "map": (lambda K, x: K.map_fn(K.square, x), [(2, 0)], (2, 0)),
    "fold": (lambda K, x: K.foldl(lambda total, each: total + each, x), [(2, 0)], (0,)),
}
CONVOLUTIONS = {
    # the same; apart, as a case with a convolution is compiled on Theano
    "conv1d": (lambda K, x: K.conv1d(x, K.ones((2, 3, 4))), [(0, 5, 3)], (0, 4, 4)),
    "conv2d": (lambda K, x: K.conv2d(x, K.ones((2, 2, 2, 3)), (2, 1), "same", "tf"), [(0, 5, 5, 2)], (0, 3, 5, 3)),
    "conv2d_th": (lambda K, x: K.conv2d(x, K.ones((3, 2, 2, 2)), dim_ordering="th"), [(0, 2, 5, 5)], (0, 3, 4, 4)),
    "kernel": (
        lambda K, x, w: K.conv2d(x, K.reshape(w, (2, 2, 2, 3)), dim_ordering="tf"),
        [(0, 5, 5, 2), (24,)],
        (0, 4, 4, 3),
    ),
    "conv3d": (
        lambda K, x: K.conv3d(x, K.ones((2, 2, 2, 1, 3)), dim_ordering="tf"),
        [(0, 3, 3, 3, 1)],
        (0, 2, 2, 2, 3),
    ),
    "separable": (
        lambda K, x: K.separable_conv2d(x, K.ones((2, 2, 2, 1)), K.ones((1, 1, 2, 3)), dim_ordering="tf"),
        [(0, 5, 5, 2)],
        (0, 4, 4, 3),
    ),
    "transposed": (
        lambda K, x: K.deconv2d(K.reshape(x, (-1, 2, 2, 2)), K.ones((2, 2, 2, 3)), (None, 3, 3, 3), dim_ordering="tf"),
        [(0, 8)],
        (0, 3, 3, 3),
    ),
}
TOTALS = {
    # name -> (build, shapes of the float inputs, result)
    "sum": (lambda K, x: K.sum(x), [(0, 3)], 0.0),
    "sum_along": (lambda K, x: K.sum(x, axis=0), [(0, 3)], [0.0] * 3),
    "product": (lambda K, x: K.prod(x, axis=-1, keepdims=True), [(2, 0)], [[1.0]] * 2),
    "mean": (lambda K, x: K.mean(x, axis=0), [(0, 3)], [NAN] * 3),
    "mean_of_all": (lambda K, x: K.mean(x), [(2, 0)], NAN),
    "deviation": (lambda K, x: K.std(x, axis=1), [(2, 0)], [NAN] * 2),
    "variance": (lambda K, x: K.var(x, axis=0), [(0, 2)], [NAN] * 2),
    "any": (lambda K, x: K.any(x, axis=1), [(2, 0)], [False] * 2),
    "all": (lambda K, x: K.all(x, axis=1), [(2, 0)], [True] * 2),
    "dot": (lambda K, x, y: K.dot(x, y), [(2, 0), (0, 3)], np.zeros((2, 3))),
    "dot_cube": (lambda K, x, y: K.dot(x, y), [(2, 2, 0), (0, 3)], np.zeros((2, 2, 3))),
    "batch_dot": (lambda K, x, y: K.batch_dot(x, y), [(2, 2, 0), (2, 0, 3)], np.zeros((2, 2, 3))),
    "joined": (lambda K, x, y: K.concatenate([x, y], 0), [(0, 2), (1, 2)], [[1.0, 1.0]]),
    "loss": (lambda K, x, y: K.sum(K.categorical_crossentropy(x, y)), [(0, 3), (0, 3)], 0.0),
    "lengths": (lambda K, x: K.cast(K.shape(x), "float32"), [(0, 3)], [0.0, 3.0]),
}


def batches(functions):
    """Of each function whether its result has the shape, and its gradients are zeros in those of the inputs."""
    return lambda bench: of_each(bench, functions, lambda result, expected: result.shape == expected)


def totals(bench):
    """Of each function whether its result is that of nothing."""
    return of_each(bench, TOTALS, lambda result, expected: np.allclose(result, expected, atol=0, equal_nan=True))


def of_each(bench, functions, fits):
    """Of each function whether it is right, with open sizes and with known ones."""
    found = {name: [] for name in functions}
    for known in (False, True):
        for group in groups(bench, functions):
            facts = are_right(bench, [functions[name] for name in group], fits, known)
            for name, fact in zip(group, facts):
                found[name].append(fact)
    return {"value/" + name: np.array(facts) for name, facts in found.items()}


def groups(bench, functions):
    """Names of functions that are compiled as one; CNTK has to refuse each of them."""
    return [[name] for name in functions] if bench.engine.backend == "cntk" else [list(functions)]


def are_right(bench, functions, fits, known):
    """Of each function whether its result fits and its gradients are those of nothing, or CNTK refuses the call."""
    from harness.backends.errors import UnsupportedOperation

    made = [Made(bench, build, shapes, known) for build, shapes, _ in functions]
    tensors = [tensor for each in made for tensor in each.tensors]
    function = bench.function([tensor for each in made for tensor in each.inputs], tensors)
    try:
        found = iter(function([np.ones(shape) for _, shapes, _ in functions for shape in shapes]))
    except UnsupportedOperation as error:
        return [bench.engine.backend == "cntk" and "CNTK has no tensors without elements" in str(error)] * len(made)
    arrays = [[next(found) for _ in each.tensors] for each in made]
    return [
        fits(each[0], function[2]) and one.gradients_fit(*each) for one, each, function in zip(made, arrays, functions)
    ]


class Made(object):
    """A function's graph: its inputs, and as tensors its result and the gradients of the result's sum that flow."""

    def __init__(self, bench, build, shapes, known):
        self.inputs = [bench.K.placeholder(shape if known else (None,) * len(shape)) for shape in shapes]
        result = build(bench.K, *self.inputs)
        gradients = bench.api.gradients(bench.api.sum(result), self.inputs) if result.dtype.startswith("float") else []
        self.tensors = [result] + [gradient for gradient in gradients if gradient is not None]
        self.shapes = [shape for gradient, shape in zip(gradients, shapes) if gradient is not None]

    def gradients_fit(self, result, *gradients):
        """Whether gradients have the shapes of their inputs, and are 0 if there is nothing that they are of."""
        return all(
            gradient.shape == shape and (result.size or not gradient.any())
            for gradient, shape in zip(gradients, self.shapes)
        )


def errors(bench):
    """The largest of nothing, its place, and what is computed with it are errors of the call; states are kept."""
    from harness.backends.errors import BackendError

    K = bench.K
    x = K.placeholder((None, None))
    asked = (K.max(x, axis=0), K.min(x, axis=0), K.argmax(x, axis=0), K.softmax(K.transpose(x)), K.map_fn(K.exp, x))
    refused = []
    for tensor in asked:
        function = bench.function([x], [tensor])
        function([np.ones((2, 3))])
        try:
            function([np.ones((0, 3))])
        except BackendError:
            refused.append(True)
    nothing = K.zeros((0, 3))
    return {"value/refused": np.array(refused), "value/held": K.get_value(nothing), "value/eye": K.get_value(K.eye(0))}


CASES = [
    Program("empty-batches", batches(BATCH)),
    Program("empty-convolutions", batches(CONVOLUTIONS)),
    Program("empty-totals", totals),
    Program("empty-errors", errors),
]
