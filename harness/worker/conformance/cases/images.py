"""Convolution and pooling: both layouts, odd and even kernels, strides, dilation, padding, ties."""

import numpy as np

from harness.worker.conformance.forms import Expression, draw

BATCH, CHANNELS, HEIGHT, WIDTH, FILTERS = 2, 3, 7, 6, 4


def images(ordering, seed, channels=CHANNELS):
    """A batch of images in the layout `ordering`."""
    x = draw(BATCH, channels, HEIGHT, WIDTH, seed=seed)
    return x if ordering == "th" else np.ascontiguousarray(x.transpose(0, 2, 3, 1))


def kernels(ordering, rows, columns, seed):
    """Kernels in the layout `ordering`."""
    kernel = draw(FILTERS, CHANNELS, rows, columns, seed=seed)
    return kernel if ordering == "th" else np.ascontiguousarray(kernel.transpose(2, 3, 1, 0))


def convolution(label, ordering, window, border_mode, strides=(1, 1), dilation=(1, 1), free=()):
    """A case of primitives.convolution."""
    return Expression(
        "images-convolution-%s-%s" % (label, ordering),
        {"x": images(ordering, 50), "kernel": kernels(ordering, window[0], window[1], 51)},
        lambda K, P, x, kernel: {"y": P.convolution(x, kernel, strides, border_mode, dilation, ordering)},
        ("x", "kernel"),
        free=free,
    )


def pooling(label, ordering, mode, window, border_mode, strides, free=()):
    """A case of primitives.pooling."""
    return Expression(
        "images-%s_pooling-%s-%s" % (mode, label, ordering),
        {"x": images(ordering, 52)},
        lambda K, P, x: {"y": P.pooling(x, window, strides, border_mode, ordering, mode)},
        ("x",),
        free=free,
    )


def tied(ordering):
    """Maximum pooling of an image with few different numbers: the first largest takes the gradient."""
    x = np.arange(2 * 4 * 4).reshape(1, 2, 4, 4) // 3 % 2 * 1.0
    return Expression(
        "images-max_pooling-ties-" + ordering,
        {"x": x if ordering == "th" else np.ascontiguousarray(x.transpose(0, 2, 3, 1))},
        lambda K, P, x: {"y": P.pooling(x, (2, 2), (2, 2), "valid", ordering, "max")},
        ("x",),
        smooth=False,
    )


def rectified(label, ordering, bias_shape, window):
    """Maximum pooling behind a bias and a relu, with which it may change places."""
    return Expression(
        "images-max_pooling-%s-%s" % (label, ordering),
        {"x": images(ordering, 53), "bias": draw(*bias_shape, seed=54)},
        lambda K, P, x, bias: {"y": K.pool2d(K.relu(x + bias), window, (2, 2), "same", ordering)},
        ("x", "bias"),
    )


def bias_of_many_rows():
    """A convolution's output as rows of a matrix, with a bias added to each."""
    return Expression(
        "images-bias_of_many_rows",
        {"x": draw(32, 1, 16, 32, seed=58), "kernel": draw(1, 1, 1, 1, seed=59), "bias": draw(512, seed=60)},
        lambda K, P, x, kernel, bias: {"y": P.reshape(K.conv2d(x, kernel, dim_ordering="th"), (32, 512)) + bias},
        ("kernel", "bias"),
    )


def two_batches():
    """Convolutions in one function, of batches of two sizes."""
    window = ((1, 1), "valid", (1, 1), "th")
    return Expression(
        "images-two_batches",
        {"x": images("th", 55), "kernel": kernels("th", 3, 3, 56), "other": draw(5, CHANNELS, 4, 4, seed=57)},
        lambda K, P, x, kernel, other: {
            "x": P.convolution(x, kernel, *window),
            "y": P.convolution(other, kernel, *window),
        },
        ("x", "kernel", "other"),
    )


CASES = [
    bias_of_many_rows(),
    two_batches(),
    rectified("behind_bias", "th", (1, CHANNELS, 1, 1), (2, 2)),
    rectified("behind_bias", "tf", (CHANNELS,), (2, 2)),
    rectified("behind_image", "th", (HEIGHT, WIDTH), (2, 2)),
    rectified("behind_image", "tf", (HEIGHT, WIDTH, 1), (2, 2)),
]
for _ordering in ("th", "tf"):
    CASES += [
        convolution("odd-valid", _ordering, (3, 3), "valid"),
        convolution("odd-valid-free_batch", _ordering, (3, 3), "valid", free=("x",)),
        convolution("odd-same", _ordering, (3, 5), "same"),
        convolution("odd-same-free_batch", _ordering, (3, 3), "same", free=("x",)),
        convolution("even-valid", _ordering, (2, 4), "valid"),
        convolution("even-same", _ordering, (2, 4), "same"),
        convolution("one-valid", _ordering, (1, 1), "valid"),
        convolution("odd-valid-strides", _ordering, (3, 3), "valid", (2, 3)),
        convolution("odd-same-strides", _ordering, (3, 3), "same", (2, 2)),
        convolution("even-same-strides", _ordering, (4, 2), "same", (2, 3)),
        convolution("stride_above_window", _ordering, (2, 2), "same", (3, 3)),
        convolution("odd-valid-dilation", _ordering, (3, 2), "valid", dilation=(2, 3)),
        convolution("odd-same-dilation", _ordering, (3, 3), "same", dilation=(2, 2)),
        tied(_ordering),
    ]
    for _mode in ("max", "avg"):
        CASES += [
            pooling("valid", _ordering, _mode, (2, 2), "valid", (2, 2)),
            pooling("valid-free_batch", _ordering, _mode, (2, 2), "valid", (2, 2), free=("x",)),
            pooling("same", _ordering, _mode, (2, 2), "same", (2, 2)),
            pooling("overlapping", _ordering, _mode, (3, 3), "valid", (1, 2)),
            pooling("overlapping-same", _ordering, _mode, (3, 2), "same", (1, 1)),
            pooling("gaps", _ordering, _mode, (2, 2), "valid", (3, 3)),
        ]
