"""Products of K and rows by number: every form of the axes, ranks that differ, unknown batches."""

import numpy as np

from harness.worker.conformance.forms import draw, of_api

ROWS = draw(6, 3, seed=520)
# label -> shapes of x and y, axes, (label, axis) of unknown sizes
BATCH_DOTS = {
    "2d_2d": ((4, 3), (4, 3), None, ()),
    "2d_2d-int": ((4, 3), (4, 3), 1, (("x", 0), ("y", 0))),
    "2d_3d": ((4, 3), (4, 3, 2), None, ()),
    "2d_3d-pair": ((4, 3), (4, 2, 3), (1, 2), (("x", 0), ("y", 0))),
    "3d_2d": ((4, 2, 3), (4, 3), (2, 1), ()),
    "3d_2d-list": ((4, 3, 2), (4, 3), [-2, -1], ()),
    "3d_3d": ((4, 2, 3), (4, 3, 5), None, (("x", 0), ("y", 0), ("x", 1))),
    "3d_3d-int": ((4, 2, 3), (4, 5, 3), 2, ()),
    "3d_3d-first": ((4, 3, 2), (4, 3, 5), 1, ()),
    "4d_3d": ((4, 2, 5, 3), (4, 3, 2), None, ()),
    "4d_3d-middle": ((4, 2, 3, 5), (4, 2, 3), (2, 2), (("x", 0), ("y", 0), ("x", 3), ("y", 1))),
    "4d_4d": ((2, 2, 3, 4), (2, 4, 3, 2), (3, 1), ()),
    "4d_4d-free": ((2, 2, 3, 4), (2, 5, 3, 2), 2, (("x", 0), ("y", 0), ("x", 1), ("y", 3))),
}


def batch_dot(label, x_shape, y_shape, axes, open_axes):
    """A case of K.batch_dot."""
    return of_api(
        "products-batch_dot-" + label,
        lambda K, x, y: {"z": K.batch_dot(x, y, axes) if axes is not None else K.batch_dot(x, y)},
        ("x", "y"),
        open_axes=open_axes,
        x=draw(*x_shape, seed=521),
        y=draw(*y_shape, seed=522),
    )


def dots(K, x, y, z):
    """Ranks that differ: the last axis of the first with the second to last of the other."""
    return {"2d_2d": K.dot(x, y), "2d_3d": K.dot(x, z), "3d_2d": K.dot(K.dot(x, z), K.transpose(y))}


def transposes(K, x, y):
    """Two axes, and three, of which the first is open."""
    return {"x": K.transpose(x), "y": K.transpose(y)}


def rows(K, reference, words, pairs, bytes_):
    """Numbers in dtypes of their own, in a vector and in a matrix."""
    return {name: K.gather(reference, each) for name, each in (("one", words), ("two", pairs), ("three", bytes_))}


CASES = [batch_dot(label, *rest) for label, rest in BATCH_DOTS.items()]
CASES += [
    of_api(
        "products-batch_dot-of_the_documentation",
        lambda K, x, y: {"z": K.batch_dot(x, y, axes=(1, 2))},
        x=draw(100, 20, seed=523),
        y=draw(100, 30, 20, seed=524),
    ),
    of_api(
        "products-dot",
        dots,
        ("x", "y", "z"),
        open_axes=(("x", 0),),
        x=draw(4, 2, seed=525),
        y=draw(2, 3, seed=526),
        z=draw(5, 2, 3, seed=527),
    ),
    of_api(
        "products-dot-of_two_float_types",
        lambda K, x, y: {"z": K.dot(x, y)},
        x=draw(2, 3, seed=528).astype("float32"),
        y=draw(3, 4, seed=529),
    ),
    of_api("products-transpose", transposes, ("x", "y"), open_axes=(("y", 0),), x=ROWS, y=draw(4, 2, 3, seed=530)),
    of_api(
        "products-gather",
        rows,
        ("reference",),
        reference=draw(5, 2, 3, seed=531),
        words=np.array([4, 0, 4], "int32"),
        pairs=np.array([[0, 3], [3, 1]], "int64"),
        bytes_=np.array([2, 1], "uint8"),
    ),
    of_api(
        "products-gather-of_integers",
        lambda K, reference, indices: {"y": K.gather(reference, indices)},
        open_axes=(("indices", 0), ("reference", 0)),
        reference=np.arange(6, dtype="int32").reshape(3, 2),
        indices=np.array([2, 0, 2], "int32"),
    ),
]
