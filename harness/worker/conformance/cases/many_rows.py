"""Many short rows: moved, beside an operand that they share, summed; in images, within a recurrence, of other dtypes.

An engine may take another way for them than for a few: CNTK's moves pieces (cntk/block_gather.py), repeats what rows
share (cntk/bias_add.py) and sums in groups (cntk/reductions.py).
"""

import numpy as np

from harness.worker.conformance.forms import Expression, draw, of_api

ROWS = draw(270, 2, seed=900)
OTHER = draw(270, 4, seed=901)
CUBE = draw(16, 18, 3, seed=902)
SHARED = draw(2, low=0.5, high=1.5, seed=903)
WITHIN = draw(16, 1, 3, low=0.5, high=1.5, seed=904)
POSITIVE = draw(270, 2, low=0.5, high=1.5, seed=905)
IMAGES = draw(3, 8, 7, 2, seed=906)
KERNEL = draw(2, 2, 2, 4, seed=907)
BIAS = draw(4, seed=908)
PRIME = draw(263, 2, seed=909)
WHOLE = np.random.RandomState(910).randint(-40, 40, size=(270, 2)).astype("int32")
UNUSUAL = np.array([[0.0, 1.0], [-2.0, 3.0]] * 140)


def cuts(K, P, x, y):
    """Along the last axis, an inner one and the first; forwards, backwards and with steps."""
    return {
        "last": x[:, :, 1:],
        "pairs": y[:, 2:],
        "index": y[:, 3],
        "inner": x[:, 3:12:3],
        "inner_index": x[:, 5],
        "first_backwards": y[::-1],
        "inner_backwards": x[::-1, ::-1],
        "last_backwards": x[:, :, ::-1],
        "thrice": x[2:9, 1:, :2],
    }


def joins(K, P, x, y):
    """Of equal and of different widths, one of them twice; stacked; behind one another along an inner axis."""
    return {
        "widths": K.concatenate([x, y, x]),
        "same": K.concatenate([x, x], axis=1),
        "stack": K.permute_dimensions(K.stack([x, x * 2.0]), (1, 0, 2)),
        "inner": P.concatenate([P.reshape(y, (90, 3, 4)), P.reshape(y, (90, 3, 4)) * 2.0], 1),
    }


def repeated(K, P, x, y):
    """Elements, rows, whole tensors and images."""
    return {
        "elements": K.repeat_elements(x, 3, 1),
        "rows": K.repeat(y, 3),
        "tile": K.tile(y, [1, 2]),
        "images": K.resize_images(P.reshape(y, (3, 9, 10, 4)), 2, 3, "tf"),
        "channels_first": K.resize_images(P.reshape(y, (3, 9, 10, 4)), 2, 3, "th"),
        "volumes": K.resize_volumes(P.reshape(x, (2, 6, 8, 3, 3)), 2, 1, 3, "tf"),
    }


def around(K, P, x, y):
    """Zeros and other numbers around the last axis and inner ones; axes that change places."""
    return {
        "last": P.pad(x, ((0, 0), (0, 0), (1, 2)), 0.5),
        "pairs": P.pad(y, ((1, 0), (2, 4)), -1.5),
        "inner": K.temporal_padding(P.reshape(y, (90, 3, 4)), 2),
        "images": K.spatial_2d_padding(P.reshape(y, (3, 10, 9, 4)), (1, 2), "tf"),
        "places": K.permute_dimensions(x, (1, 0, 2)),
        "of_four": K.permute_dimensions(P.reshape(y, (9, 5, 6, 4)), (2, 0, 1, 3)),
    }


def beside(K, P, x, v, cube, within):
    """A row before and after many, of as many axes and fewer; one for some of them."""
    row = P.reshape(v, (1, 2))
    return {
        "sum": x + v,
        "difference": row - x,
        "other_difference": x - v,
        "product": v * x,
        "quotient": x / row,
        "other_quotient": v / x,
        "power": P.binary("power", x, v),
        "larger": K.maximum(x, v),
        "smaller": K.minimum(row, x),
        "within_sum": cube + within,
        "within_product": within * cube,
        "both": P.reshape(x, (27, 10, 2)) * P.reshape(x, (10, 27, 2))[:1, :10] + P.reshape(x, (27, 10, 2))[:, :1],
    }


def compared(K, P, x, v):
    """Comparisons of many rows with one; infinities and nan in it reach no other element."""
    unusual = P.constant(np.array([np.inf, np.nan]), x.dtype)
    found = {name: getattr(K, name)(x, v) for name in ("equal", "not_equal", "greater", "lesser_equal")}
    return dict(found, infinite=x + unusual, product=x * unusual, quotient=x / unusual)


def sums(K, P, x, prime, cube):
    """Over leading and inner axes, of numbers of rows with divisors and without."""
    return {
        "first": K.sum(x, axis=0),
        "kept": K.mean(x, axis=0, keepdims=True) * 2.0,
        "prime": K.mean(prime, axis=0),
        "inner": K.sum(cube, axis=1),
        "two": K.mean(cube, axis=(0, 1)),
        "var": K.var(x, axis=0),
        "std": K.std(cube, axis=1, keepdims=True),
    }


def in_images(K, P, x, kernel, bias):
    """What a network of channels last does with a convolution's results."""
    convolved = K.conv2d(x, kernel, border_mode="same", dim_ordering="tf")
    shifted = K.tanh(convolved + bias)
    joined = P.concatenate([shifted, convolved, shifted[:, :, :, 1:3]], 3)
    return {
        "joined": joined,
        "scaled": shifted * bias,
        "padded": P.pad(convolved, ((0, 0), (1, 0), (0, 2), (2, 0)), 0.25),
        "normalized": K.normalize_batch_in_training(joined, K.ones((10,)) * 1.5, K.zeros((10,)), [0, 1, 2])[0],
    }


def in_a_recurrence(K, P, x, v):
    """A row that all samples share at every time."""

    def step(element, states):
        new = K.tanh(element * v - states[0] / (v + 2.0))
        return K.maximum(new, v), [new]

    last, outputs, _ = K.rnn(step, x, [K.zeros_like(x[:, 0])])
    return {"last": last, "outputs": outputs}


def of_integers(K, P, x):
    """Integers that wrap around, and bools."""
    small, truths = K.cast(x, "int8"), K.greater(x, 3)
    row = P.constant(np.array([100, -100]), "int8")
    return {
        "sum": small + row,
        "joined": P.concatenate([x, x * x, x], 1),
        "backwards": x[::-1],
        "truths": P.concatenate([truths, truths], 1),
        "within": P.pad(truths, ((0, 0), (1, 0)), True),
    }


def case(label, build, wrt=(), smooth=True, **inputs):
    """A case of this family."""
    return Expression("many_rows-" + label, inputs, build, wrt, smooth)


CASES = [
    case("cuts", cuts, ("x", "y"), x=CUBE, y=OTHER),
    case("joins", joins, ("x", "y"), x=ROWS, y=OTHER),
    case("repeated", repeated, ("x", "y"), x=CUBE, y=OTHER),
    case("around", around, ("x", "y"), x=CUBE, y=OTHER),
    case("beside", beside, ("x", "v", "cube", "within"), x=POSITIVE, v=SHARED, cube=CUBE, within=WITHIN),
    case("compared", compared, x=UNUSUAL, v=np.array([0.0, 3.0])),
    case("sums", sums, ("x", "prime", "cube"), x=ROWS, prime=PRIME, cube=CUBE),
    case("in_images", in_images, ("x", "kernel", "bias"), x=IMAGES, kernel=KERNEL, bias=BIAS),
    case("in_a_recurrence", in_a_recurrence, ("x", "v"), x=draw(80, 3, 2, seed=911), v=draw(2, seed=912)),
    case("integers", of_integers, x=WHOLE),
    of_api("many_rows-nothing_cut", lambda K, x: {"y": x[()] * 2.0}, ("x",), x=np.array(3.0)),
]
