"""The layouts of a weight in a model and in a file, and the conversion between them.

The same weight has different layouts under the image orderings 'tf' and 'th'. A file has one layout, the canonical one:
kernels (out, in, rows, columns), and rows behind a flattened image in the order (channels, height, width); both are
those of 'th'. No kernel is flipped, as K's convolutions are cross-correlations on every backend.
"""

from typing import Callable, NamedTuple

import numpy as np

from harness.backends.api.conv import layouts
from harness.backends.errors import ShapeMismatch

OF_SEQUENCES = 3  # axes of a kernel of K.conv1d


class Layout(NamedTuple):
    """The conversion of a weight to a file's layout and back.

    stored: what the file holds, in words; a file is read only into weights that say the same
    to_canonical, to_native: the model's array -> the file's, and back
    """

    stored: str
    to_canonical: Callable
    to_native: Callable


def _unchanged(array):
    return array


AS_IN_THE_MODEL = Layout("as in the model", _unchanged, _unchanged)


def kernel(dim_ordering="default"):
    """Of a convolution's kernel over any number of axes: (..., in, out) under 'tf', (out, in, ...) under 'th'.

    That of K.conv1d is (length, in, out) under both.

    Parameters
    ----------
    dim_ordering : str    the model's: 'tf', 'th' or 'default': image_dim_ordering()
    """
    last = _channels_last(dim_ordering)

    def moved(array, places, others):
        return np.moveaxis(array, places, others) if last or array.ndim == OF_SEQUENCES else array

    in_out, out_in = (-2, -1), (1, 0)
    return Layout(
        "kernel (out, in, ...)", lambda array: moved(array, in_out, out_in), lambda array: moved(array, out_in, in_out)
    )


def behind_flatten(image_shape, dim_ordering="default"):
    """Of the kernel of a dense layer whose input is a flattened image.

    Parameters
    ----------
    image_shape : tuple of int    (channels, height, width), whatever the ordering; or (channels,) and any other axes
    dim_ordering : str            the model's: 'tf', 'th' or 'default': image_dim_ordering()
    """
    places = np.arange(int(np.prod(image_shape))).reshape(image_shape)
    order = (np.moveaxis(places, 0, -1) if _channels_last(dim_ordering) else places).ravel()
    back = np.argsort(order)
    stored = "rows behind an image (channels, ...) of %s" % " x ".join(map(str, image_shape))
    return Layout(stored, lambda array: _rows(array, back), lambda array: _rows(array, order))


def _rows(array, order):
    """The rows of `array` in another order; numpy alone would leave out those that are too many."""
    if len(array) != len(order):
        raise ShapeMismatch(
            "weight layout: not as many rows as the image has numbers. Expected %d. Received %d."
            % (len(order), len(array))
        )
    return array[order]


def _channels_last(dim_ordering):
    return layouts.chosen("weight layout", dim_ordering) == "tf"
