"""NumPy's scalars, arrays without axes and arrays of ints in the place of Python's ints, floats, bools and tuples."""

import numpy as np

from harness.worker.conformance.forms import Program, as_input, draw, of_api

X = draw(2, 3, 4, seed=900)
IMAGES, KERNEL = draw(2, 6, 5, 2, seed=901), draw(3, 2, 2, 3, seed=902)


def axes(K, x):
    """Where axes are named."""
    return {
        "sum": K.sum(x, axis=np.int64(1)),
        "mean": K.mean(x, axis=np.array([0, -1]), keepdims=np.bool_(True)),
        "std": K.std(x, axis=(np.int8(1), np.int64(2))),
        "argmax": K.argmax(x, axis=np.int32(1)),
        "squeeze": K.squeeze(K.expand_dims(x, np.array(1)), np.int64(1)),
        "joined": K.concatenate([x, x], axis=np.int16(-2)),
        "turned": K.reverse(x, np.array([0, 2])),
        "permuted": K.permute_dimensions(x, np.array([2, 0, 1])),
        "lengths": K.l2_normalize(x, np.int64(2)),
        "product": K.batch_dot(x, x, axes=np.array([2, 2])),
    }


def numbers(K, x):
    """Where sizes, factors and numbers are named."""
    return {
        "reshaped": K.reshape(x, np.array([4, -1], "int16")),
        "repeated": K.repeat_elements(x, np.int64(2), np.int8(1)),
        "tiled": K.tile(x, np.array([1, 2, 1])),
        "range": K.arange(np.int64(1), np.float32(7), np.array(2), dtype=np.dtype("int64")),
        "clipped": K.clip(x, np.float32(-0.5), np.array(0.25)),
        "relu": K.relu(x, alpha=np.float32(0.5), max_value=np.float64(0.75)),
        "elu": K.elu(x, np.float16(0.5)),
        "power": K.pow(K.abs(x) + np.float32(1), np.int64(2)),
        "index": x[np.int64(1), :: np.int8(2), np.array(-1)],
        "cast": K.cast(x * np.float64(3), np.int32),
        "hot": K.one_hot(K.argmax(x, np.uint8(1)), np.uint8(4)),
        "top": K.in_top_k(x[0], K.argmax(x[1], 1)[:3], np.int64(2)),
    }


def windows(K, x, kernel):
    """Where windows and their steps are named."""
    return {
        "convolved": K.conv2d(x, kernel, strides=np.array([2, 1]), border_mode=np.str_("same"), dim_ordering="tf"),
        "pooled": K.pool2d(x, (np.int64(2), np.int32(2)), np.array([2, 2]), dim_ordering=np.str_("tf")),
        "padded": K.spatial_2d_padding(x, np.array([1, 0]), "tf"),
        "resized": K.resize_images(x, np.int64(2), np.uint8(1), "tf"),
    }


def made(bench):
    """Variables and draws: their shapes, limits and seeds."""
    K = bench.K
    seed, shape = np.int64(3), np.array([2, 3])
    placeholder = K.placeholder(np.array([2, 3]), dtype=np.dtype(K.floatx()).type)
    total = bench.function((placeholder,), [K.sum(placeholder, np.array(0))])
    drawn = K.eval(K.random_uniform(shape, np.float32(1), np.float64(2), seed=seed))
    return {
        "value/zeros": K.eval(K.zeros(shape, np.dtype("int32"))),
        "value/eye": K.eval(K.eye(np.int64(2))),
        "value/drawn": np.array([drawn.shape == (2, 3), 1 <= drawn.min(), drawn.max() < 2]),
        "value/total": total([as_input(X[0, :2, :3], K.floatx())])[0],
    }


CASES = [
    of_api("numpy_scalars-axes", axes, ("x",), x=X),
    of_api("numpy_scalars-numbers", numbers, x=X),
    of_api("numpy_scalars-windows", windows, ("x", "kernel"), x=IMAGES, kernel=KERNEL),
    Program("numpy_scalars-made", made),
]
