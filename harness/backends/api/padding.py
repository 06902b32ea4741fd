"""Zeros around time series, images and volumes. The result keeps x's dtype (Theano under Keras 1.2.2 gives floatx)."""

from harness.backends import primitives
from harness.backends.api import checks
from harness.backends.api.layouts import spatial_axes


def temporal_padding(x, padding=1):
    """`padding` steps of zeros before the first time and as many behind the last: (batch, time, ...), 3 axes.

    Raises
    ------
    ShapeMismatch    x has not 3 axes, or padding is negative
    """
    return _in_time("temporal_padding", x, (("padding", padding), ("padding", padding)))


def asymmetric_temporal_padding(x, left_pad=1, right_pad=1):
    """`left_pad` steps of zeros before the first time, `right_pad` behind the last: (batch, time, features).

    Raises
    ------
    ShapeMismatch    x has not 3 axes, or a number is negative
    """
    return _in_time("asymmetric_temporal_padding", x, (("left_pad", left_pad), ("right_pad", right_pad)))


def _in_time(op, x, amounts):
    """x with zeros around its times; the numbers of them before and behind as (argument, number)."""
    x = checks.ranked(op, x, 3, meaning="(batch, time, features)")
    return primitives.pad(x, ((0, 0), tuple(checks.whole(op, *amount, least=0) for amount in amounts), (0, 0)))


def spatial_2d_padding(x, padding=(1, 1), dim_ordering="default"):
    """padding[0] rows of zeros at the top and at the bottom of images, padding[1] columns on either side.

    Parameters
    ----------
    x : tensor, 4 axes       layout as for conv2d
    padding : pair of int
    dim_ordering : str       'th', 'tf' or 'default': image_dim_ordering()
    Raises
    ------
    ShapeMismatch            x has not 4 axes, a number is negative, or a name is not known
    """
    rows, columns = checks.wholes("spatial_2d_padding", "padding", padding, 2, 0)
    return _padded("spatial_2d_padding", x, ((rows, rows), (columns, columns)), dim_ordering)


def asymmetric_spatial_2d_padding(x, top_pad=1, bottom_pad=1, left_pad=1, right_pad=1, dim_ordering="default"):
    """As spatial_2d_padding, with a number of its own for each side."""
    op = "asymmetric_spatial_2d_padding"
    given = (("top_pad", top_pad), ("bottom_pad", bottom_pad), ("left_pad", left_pad), ("right_pad", right_pad))
    top, bottom, left, right = (checks.whole(op, *amount, least=0) for amount in given)
    return _padded(op, x, ((top, bottom), (left, right)), dim_ordering)


def spatial_3d_padding(x, padding=(1, 1, 1), dim_ordering="default"):
    """As spatial_2d_padding for volumes, 5 axes: depth, height, width."""
    amounts = checks.wholes("spatial_3d_padding", "padding", padding, 3, 0)
    return _padded("spatial_3d_padding", x, tuple((amount, amount) for amount in amounts), dim_ordering)


def _padded(op, x, amounts, dim_ordering):
    """x with (before, after) zeros along each axis of space."""
    x = checks.ranked(op, x, len(amounts) + 2, meaning="(batch, channels and %d of space)" % len(amounts))
    widths = [(0, 0)] * x.ndim
    for axis, pair in zip(spatial_axes(op, x.ndim, dim_ordering), amounts):
        widths[axis] = pair
    return primitives.pad(x, tuple(widths))
