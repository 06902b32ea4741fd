"""A nan among the numbers: what is computed of it is nan, what chooses or orders tells it, nothing folds it away."""

import numpy as np

from harness.worker.conformance.forms import Program, gradients_of, of_api

NAN, INF = float("nan"), float("inf")
LINE = np.array([NAN, 1.0, -2.0, 0.0, 0.5])
ROWS = np.array([[NAN, 1.0, 2.0], [1.0, NAN, 2.0], [1.0, 2.0, NAN], [NAN, NAN, NAN], [3.0, 1.0, 2.0], [NAN, INF, -INF]])
IMAGES = np.array([[NAN, 1.0, 2.0, 0.5], [3.0, -1.0, NAN, 4.0], [NAN, NAN, 5.0, 6.0], [NAN, NAN, -7.0, 8.0]])
FOLDED = np.array([NAN, INF, -INF, 0.0, 1.5, -2.0])
OTHER = np.array([1.0, 2.0, NAN, INF, 0.5, -3.0])


def elementwise(K, x):
    """Every function of one tensor."""
    names = ("abs", "exp", "log", "sqrt", "square", "round", "sign", "sin", "cos", "tanh")
    names += ("sigmoid", "hard_sigmoid", "softplus", "softsign", "relu", "elu")
    found = {name: getattr(K, name)(x) for name in names}
    return dict(
        found,
        leaky=K.relu(x, alpha=0.25),
        capped=K.relu(x, max_value=0.5),
        leaky_and_capped=K.relu(x, alpha=0.25, max_value=0.5),
        clip=K.clip(x, -1.0, 0.5),
        clip_below=K.clip(x, -1.0, None),
        clip_endless=K.clip(x, -INF, INF),
        larger=K.maximum(x, 0.0),
        larger_of_number=K.maximum(0.0, x),
        smaller=K.minimum(x, 0.0),
        smaller_of_number=K.minimum(0.0, x),
        larger_than_nan=K.maximum(x, NAN),
        smaller_than_nan=K.minimum(x, NAN),
        cube=K.pow(x, 3),
        power_of_0=K.pow(x, 0),
        root=K.pow(x, 0.5),
        of_1=K.pow(1.0, x),
        of_2=K.pow(2.0, x),
        negative=-x,
        is_nan=K.equal(x, NAN),
        is_not_nan=K.not_equal(x, NAN),
        above=K.greater(x, 0.0),
        below=K.lesser_equal(x, 0.0),
        cast=K.cast(K.cast(x, "bool"), x.dtype),
        chosen=K.switch(x, x * 0.0 + 3.0, x),
        chosen_by_order=K.switch(K.greater(x, 0.0), x, K.ones_like(x)),
        dropout=K.dropout(x, 0.0, seed=1),
        stopped=K.stop_gradient(x),
    )


def rows(K, x):
    """Everything over an axis."""
    found = {name: getattr(K, name)(x, axis=1) for name in ("max", "min", "sum", "prod", "mean", "var", "std")}
    found.update((name + "_of_all", getattr(K, name)(x)) for name in ("max", "min", "sum", "mean"))
    found.update((name + "_down", getattr(K, name)(x, axis=0, keepdims=True)) for name in ("max", "min"))
    targets = K.variable([0, 1, 2, 0, 0, 2], "int32")
    return dict(
        found,
        argmax=K.argmax(x, axis=1),
        argmin=K.argmin(x, axis=1),
        argmax_down=K.argmax(x, axis=0),
        any=K.any(x, axis=1),
        all=K.all(x * 0.0, axis=1),
        softmax=K.softmax(x),
        length=K.l2_normalize(x, 1),
        best=K.in_top_k(x, targets, 1),
        best_two=K.in_top_k(x, targets, 2),
        folded=K.foldl(K.maximum, x),
    )


def losses(K, x):
    """The losses of rows of probabilities and of logits."""
    shares, targets = K.ones_like(x) / 3.0, K.variable([0, 1, 2, 0, 0], "int32")
    return {
        "categorical": K.categorical_crossentropy(x, shares),
        "categorical_of_logits": K.categorical_crossentropy(x, shares, from_logits=True),
        "sparse": K.sparse_categorical_crossentropy(x, targets),
        "sparse_of_logits": K.sparse_categorical_crossentropy(x, targets, from_logits=True),
        "binary": K.binary_crossentropy(x / 4.0, shares),
        "binary_of_logits": K.binary_crossentropy(x, shares, from_logits=True),
    }


def pooling(K, x):
    """The largest of a window passes over nan, its average does not."""
    images = K.reshape(x, (1, 4, 4, 1))
    return {
        "largest": K.pool2d(images, (2, 2), (2, 2), dim_ordering="tf"),
        "largest_same": K.pool2d(images, (3, 3), (2, 2), "same", "tf"),
        "average": K.pool2d(images, (2, 2), (2, 2), dim_ordering="tf", pool_mode="avg"),
        "volumes": K.pool3d(K.reshape(x, (1, 1, 4, 4, 1)), (1, 2, 2), (1, 2, 2), dim_ordering="tf"),
    }


def folds(K, x, y):
    """Equal terms and factors, which an optimizer may take for 0, for 1 or for each other."""
    both = x + y
    return {
        "equal": K.equal(x, x),
        "not_equal": K.not_equal(x, x),
        "greater": K.greater(x, x),
        "greater_equal": K.greater_equal(x, x),
        "lesser": K.lesser(x, x),
        "lesser_equal": K.lesser_equal(x, x),
        "equal_sums": K.equal(x + y, x + y),
        "difference": x - x,
        "quotient": x / x,
        "remainder": x % x,
        "whole": x // x,
        "times_0": x * 0.0,
        "of_0": 0.0 / x,
        "by_0": x / 0.0,
        "less_0": 0.0 - x * 0.0,
        "sum_less_part": (x + y) - y,
        "sum_less_itself": both - both,
        "sum_by_itself": both / both,
        "difference_plus": (x - y) + y,
        "product_by_factor": (x * y) / y,
        "products_less": x * y - x * y,
        "quotient_times": (x / y) * y,
        "square_by_root": (x * x) / x,
        "number_less": (x + 3.0) - x,
        "number_by": (x * 3.0) / x,
        "inverse_of_inverse": 1.0 / (1.0 / (x * x + 1.0)),
        "spread_out": x * (y - 1.0) + x,
        "sums_of_products": x * 2.0 + x * y,
        "larger": K.maximum(x, x),
        "smaller": K.minimum(x, x),
        "zeros": K.sum(K.reshape(x, (2, 3)) * 0.0, axis=1),
        "matrix_of_zeros": K.dot(K.reshape(x, (2, 3)), K.zeros((3, 2))),
        "zeros_like": K.zeros_like(x) * y,
        "masked": x * K.cast(K.greater(y, 0.0), K.floatx()),
        "masked_sum": K.sum(x * K.cast(K.greater(y, 0.0), K.floatx())),
    }


CHOICES = {
    # name -> of a tensor; its gradient is stopped at what is not chosen
    "max": lambda K, x: K.max(x, axis=1),
    "min": lambda K, x: K.min(x, axis=1),
    "maximum": lambda K, x: K.maximum(x, 1.5),
    "maximum_of_number": lambda K, x: K.maximum(1.5, x),
    "minimum": lambda K, x: K.minimum(x, 1.5),
    "clip": lambda K, x: K.clip(x, 0.0, 1.5),
    "relu": lambda K, x: K.relu(x),
    "switch": lambda K, x: K.switch(K.greater(x, 1.5), x, x * 2.0),
    "power_of_0": lambda K, x: K.pow(x, 0),
    "behind_max": lambda K, x: K.max(K.square(x), axis=0),
}


def gradients(bench):
    """Gradients of each choice."""
    return gradients_of(bench, CHOICES, ROWS[:5])


CASES = [
    of_api("nan-elementwise", elementwise, x=LINE),
    of_api("nan-rows", rows, x=ROWS),
    of_api("nan-losses", losses, x=ROWS[:5]),
    of_api("nan-pooling", pooling, x=IMAGES),
    of_api("nan-folds", folds, x=FOLDED, y=OTHER),
    Program("nan-gradients", gradients),
]
