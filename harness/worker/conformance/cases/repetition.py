"""Repetition by K: elements, rows, whole tensors, images and volumes in both layouts."""

from harness.worker.conformance.forms import draw, of_api

X = draw(2, 3, 4, seed=570)
ROWS = draw(3, 2, seed=571)
OTHER = draw(2, 4, seed=572)
VOLUMES = draw(2, 2, 3, 1, 2, seed=573)
IMAGES = draw(2, 3, 2, 4, seed=574)


def elements(K, x):
    """Along each axis, from either end, and once."""
    return {
        "first": K.repeat_elements(x, 2, 0),
        "inner": K.repeat_elements(x, 3, axis=1),
        "last": K.repeat_elements(x, rep=2, axis=-1),
        "once": K.repeat_elements(x, 1, 1) * 2.0,
    }


def rows(K, x, y):
    """A number of times that is an int, and sizes of another tensor."""
    return {
        "thrice": K.repeat(x, 3),
        "as_many": K.repeat(x, K.shape(y)[1]),
        "half_as_many": K.repeat(x, K.shape(y)[1] - K.shape(y)[0]),
    }


def tiles(K, x, y):
    """A number for each axis, for fewer, and for more."""
    return {
        "each": K.tile(x, [2, 1, 3]),
        "tuple": K.tile(y, (3, 2)),
        "last": K.tile(x, 2),
        "last_two": K.tile(x, [3, 2]),
        "more": K.tile(y, [2, 1, 2]),
    }


def images(K, x):
    """Factors that differ, in both layouts."""
    return {"th": K.resize_images(x, 2, 3, "th"), "tf": K.resize_images(x, 3, 1, dim_ordering="tf")}


def volumes(K, x):
    """Factors that differ, in both layouts."""
    return {"th": K.resize_volumes(x, 1, 2, 3, "th"), "tf": K.resize_volumes(x, 2, 3, 1, dim_ordering="tf")}


CASES = [
    of_api("repetition-repeat_elements", elements, ("x",), x=X),
    of_api("repetition-repeat_elements-open", elements, ("x",), open_axes=(("x", 0), ("x", 1)), x=X),
    of_api("repetition-repeat", rows, ("x",), x=ROWS, y=OTHER),
    of_api("repetition-repeat-open", rows, ("x",), open_axes=(("x", 0), ("y", 0), ("y", 1)), x=ROWS, y=OTHER),
    of_api("repetition-tile", tiles, ("x", "y"), open_axes=(("x", 0),), x=X, y=ROWS),
    of_api("repetition-resize_images", images, ("x",), x=IMAGES),
    of_api("repetition-resize_images-open", images, ("x",), open_axes=(("x", 0), ("x", 2)), x=IMAGES),
    of_api("repetition-resize_volumes", volumes, ("x",), open_axes=(("x", 0),), x=VOLUMES),
]
