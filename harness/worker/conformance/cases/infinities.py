"""Infinities: what has a limit there gives it, and no 0 meets them that the formula does not have."""

import numpy as np

from harness.worker.conformance.forms import Program, gradients_of, of_api

INF = float("inf")
LINE = np.array([INF, -INF, 0.0, 2.0, -0.5])
ROWS = np.array([[INF, 1.0, 2.0], [-INF, 1.0, 2.0], [INF, -INF, 0.0], [-INF, -INF, -INF], [INF, INF, 1.0]])
LOGITS = np.array([[-INF, 1.0, 2.0], [-INF, -INF, 2.0], [0.5, 1.0, -INF]])
TARGETS = np.array([[0.0, 0.25, 0.75], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
IMAGES = np.array([[INF, 1.0, -INF, -INF], [3.0, -1.0, -INF, -INF], [-INF, 0.0, 5.0, 6.0], [-INF, -2.0, -7.0, 8.0]])
TWO_CHANNELS = np.array([[[INF, 1.0], [2.0, 3.0]], [[0.5, -INF], [4.0, 5.0]]])


def elementwise(K, x):
    """Every function of one tensor that has a limit at an infinity."""
    names = ("abs", "exp", "square", "round", "sign", "tanh", "sigmoid", "hard_sigmoid", "softplus", "softsign")
    found = {name: getattr(K, name)(x) for name in names + ("relu", "elu", "sqrt")}
    return dict(
        found,
        log=K.log(K.abs(x)),
        elu_of_3=K.elu(x, alpha=3.0),
        leaky=K.relu(x, alpha=0.25),
        capped=K.relu(x, max_value=1.5),
        capped_endlessly=K.relu(x, max_value=INF),
        leaky_and_capped=K.relu(x, alpha=0.25, max_value=1.5),
        of_sum=K.relu(x + 1.0),
        clip=K.clip(x, -1.0, 1.5),
        clip_above=K.clip(x, -INF, 1.5),
        clip_below=K.clip(x, 0.0, INF),
        clip_one_side=K.clip(x, 0.0, None),
        larger=K.maximum(x, 0.0),
        larger_of_number=K.maximum(0.0, x),
        smaller=K.minimum(0.0, x),
        larger_than_least=K.maximum(x, -INF),
        smaller_than_largest=K.minimum(x, INF),
        square_by_power=K.pow(x, 2),
        cube=K.pow(x, 3),
        inverse=K.pow(K.abs(x), -1),
        quotient=1.0 / K.abs(x),
        root=K.pow(K.abs(x), 0.5),
        inverse_root=K.pow(K.abs(x), -0.5),
        power_of_0=K.pow(x, 0),
        of_2=K.pow(2.0, x),
        of_half=K.pow(0.5, x),
        of_1=K.pow(1.0, x),
        negative=-x,
        difference=x - INF,
        by_largest=K.maximum(x, 1.0) / INF,
        is_largest=K.equal(x, INF),
        same=K.equal(x, x),
        above=K.greater(x, 0.0),
        cast=K.cast(K.cast(x, "bool"), x.dtype),
        chosen=K.switch(K.greater(x, 0.0), x, K.zeros_like(x)),
        log_of_share=K.log(K.sigmoid(x)),
        log_of_sum=K.log(1.0 + K.exp(x)),
        exp_of_log=K.exp(K.log(K.abs(x))),
    )


def rows(K, x):
    """Everything over an axis."""
    found = {
        name: getattr(K, name)(x, axis=1) for name in ("max", "min", "sum", "prod", "mean", "var", "argmax", "argmin")
    }
    return dict(
        found,
        least_of_all=K.min(x),
        softmax=K.softmax(x),
        any=K.any(x, axis=1),
        length=K.l2_normalize(x, 1),
        powers=K.sum(K.exp(-K.abs(x)), axis=1),
        largest_relu=K.max(K.relu(x), axis=1),
    )


def losses(K, x, y):
    """A class that is impossible, and no target, costs nothing."""
    classes = K.variable([1, 2, 0], "int32")
    return {
        "categorical": K.categorical_crossentropy(x, y, from_logits=True),
        "sparse": K.sparse_categorical_crossentropy(x, classes, from_logits=True),
        "impossible": K.sparse_categorical_crossentropy(x, K.variable([0, 0, 2], "int32"), from_logits=True),
        "shares": K.softmax(x),
        "of_shares": K.categorical_crossentropy(K.softmax(x), y),
    }


def windows(K, x, y):
    """The largest of a window, of nothing but -inf too; convolutions of which each sees its own channel."""
    images = K.reshape(x, (1, 4, 4, 1))
    channels = K.reshape(y, (1, 2, 2, 2))
    alone = K.reshape(K.variable([1.0, 0.5, 2.0, 1.0]), (1, 1, 2, 2))
    return {
        "largest": K.pool2d(images, (2, 2), (2, 2), dim_ordering="tf"),
        "largest_of_relu": K.pool2d(K.relu(images), (2, 2), (2, 2), dim_ordering="tf"),
        "volumes": K.pool3d(K.reshape(x, (1, 1, 4, 4, 1)), (1, 2, 2), (1, 2, 2), dim_ordering="tf"),
        "padded": K.spatial_2d_padding(images, (1, 1), "tf"),
        "resized": K.resize_images(images, 2, 1, "tf"),
        "depthwise": K.separable_conv2d(
            channels, alone, K.reshape(K.variable([1.0, 1.0, 1.0, 1.0]), (1, 1, 4, 1)), dim_ordering="tf"
        ),
    }


SLOPED = {
    # name -> of a tensor; the gradient where an infinity is not chosen is 0
    "relu": lambda K, x: K.relu(x),
    "leaky": lambda K, x: K.relu(x, alpha=0.25),
    "capped": lambda K, x: K.relu(x, max_value=1.5),
    "clip": lambda K, x: K.clip(x, -1.0, 1.5),
    "maximum": lambda K, x: K.maximum(0.0, x),
    "max": lambda K, x: K.max(x, axis=1),
    "min": lambda K, x: K.min(x, axis=1),
    "behind_max": lambda K, x: K.square(K.max(x, axis=1)),
    "behind_relu": lambda K, x: K.square(K.relu(x)),
    "tanh": lambda K, x: K.tanh(x),
    "sigmoid": lambda K, x: K.sigmoid(x),
    "softplus": lambda K, x: K.softplus(x),
    "softsign": lambda K, x: K.softsign(x),
    "elu": lambda K, x: K.elu(x),
    "exp": lambda K, x: K.exp(K.minimum(x, 0.0)),
}


def gradients(bench):
    """Gradients at the infinities."""
    return gradients_of(bench, SLOPED, ROWS)


CASES = [
    of_api("infinities-elementwise", elementwise, x=LINE),
    of_api("infinities-rows", rows, x=ROWS),
    of_api("infinities-losses", losses, x=LOGITS, y=TARGETS),
    of_api("infinities-windows", windows, x=IMAGES, y=TWO_CHANNELS),
    Program("infinities-gradients", gradients),
]
