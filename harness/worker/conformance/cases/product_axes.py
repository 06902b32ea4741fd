"""K.dot and K.batch_dot of every rank, and every form of the axes: all pairs, axis 0 of matrices, several at once."""

import itertools

from harness.worker.conformance.forms import draw, of_api

BATCH, SIZE = 4, 3  # one size of all other axes: each axis of x goes with each of y
RANKS = (2, 3, 4)
# label -> shapes of x and y, axes, (label, axis) of unknown sizes
MATRICES = {
    "int_0": ((6, 4), (6, 4), 0, ()),
    "pair_0_0": ((6, 4), (6, 4), (0, 0), (("x", 0), ("y", 1))),
    "pair_0_1": ((6, 4), (4, 6), (0, 1), ()),
    "pair_1_0": ((6, 4), (4, 6), (1, 0), (("x", 0), ("x", 1), ("y", 0), ("y", 1))),
    "list_1_1": ((6, 4), (6, 4), [1, 1], ()),
    "negative": ((6, 4), (6, 4), (-2, -2), ()),
    "last_with_first": ((6, 4), (4, 6), [-1, 0], ()),
}
SEVERAL = {
    "two_of_three": ((4, 2, 3), (4, 2, 3), ([1, 2], [1, 2]), ()),
    "crossed": ((4, 2, 3, 5), (4, 3, 6, 2), ((1, 2), (3, 1)), (("x", 0), ("x", 1), ("y", 1), ("y", 3))),
    "crossed-all_free": (
        (4, 2, 3, 5),
        (4, 3, 6, 2),
        ([2, 1], [1, 3]),
        tuple((label, axis) for label in "xy" for axis in range(4)),
    ),
    "all_but_the_batch": ((4, 2, 3), (4, 3, 2), ([2, 1], [1, 2]), (("x", 0), ("y", 0))),
    "lists_of_one": ((4, 3), (4, 2, 3), ([1], [2]), ()),
}
# label -> shapes of x and y, (label, axis) of unknown sizes
DOTS = {
    "vectors": ((3,), (3,), ()),
    "vector_matrix": ((3,), (3, 2), (("x", 0),)),
    "matrix_vector": ((2, 3), (3,), (("x", 0),)),
    "vector_volume": ((3,), (4, 3, 2), ()),
    "volume_vector": ((4, 2, 3), (3,), (("x", 0), ("x", 2), ("y", 0))),
    "volumes": ((4, 2, 3), (5, 3, 2), (("x", 0), ("y", 0))),
    "4d_4d": ((2, 1, 4, 3), (2, 5, 3, 2), ()),
    "scalar": ((), (3, 2), ()),
    "of_scalar": ((2, 3), (), ()),
}


def pairs(x_rank, y_rank):
    """Each axis of x but the batch with each of y."""
    return list(itertools.product(range(1, x_rank), range(1, y_rank)))


def every_pair(x_rank, y_rank):
    """A case of all these pairs."""

    def build(K, x, y):
        return {"%d_%d" % pair: K.batch_dot(x, y, axes=pair) for pair in pairs(x_rank, y_rank)}

    return of_api(
        "product_axes-batch_dot-%dd_%dd" % (x_rank, y_rank),
        build,
        ("x", "y"),
        x=draw(BATCH, *[SIZE] * (x_rank - 1), seed=544),
        y=draw(BATCH, *[SIZE] * (y_rank - 1), seed=545),
    )


def batch_dot(label, x_shape, y_shape, axes, open_axes):
    return of_api(
        "product_axes-batch_dot-" + label,
        lambda K, x, y: {"z": K.batch_dot(x, y, axes=axes)},
        ("x", "y"),
        open_axes=open_axes,
        x=draw(*x_shape, seed=540),
        y=draw(*y_shape, seed=541),
    )


def dot(label, x_shape, y_shape, open_axes):
    return of_api(
        "product_axes-dot-" + label,
        lambda K, x, y: {"z": K.dot(x, y)},
        ("x", "y"),
        open_axes=open_axes,
        x=draw(*x_shape, seed=542),
        y=draw(*y_shape, seed=543),
    )


CASES = [batch_dot(label, *rest) for label, rest in {**MATRICES, **SEVERAL}.items()]
CASES += [every_pair(*ranks) for ranks in itertools.product(RANKS, repeat=2)]
CASES += [dot(label, *rest) for label, rest in DOTS.items()]
