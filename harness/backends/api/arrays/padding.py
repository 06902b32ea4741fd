"""Zeros around time series, images and volumes."""

from harness.backends.api.arguments import checks
from harness.backends.api.conv.layouts import spatial_axes
from harness.backends.graph import primitives


def temporal_padding(x, padding=1):
    """`padding` steps of zeros before the first time step and as many behind the last.

    Parameters
    ----------
    x : tensor, (batch, time, features)
    padding : int
    Returns
    -------
    tensor, (batch, time + 2 * padding, features), x.dtype
    Raises
    ------
    ShapeMismatch    x has not 3 axes, or padding is negative

    Notes
    -----
    Differs: the result keeps x's dtype; Theano under Keras 1.2.2 gives floatx.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, temporal_padding.
    """
    return _in_time("temporal_padding", x, (("padding", padding), ("padding", padding)))


def asymmetric_temporal_padding(x, left_pad=1, right_pad=1):
    """`left_pad` steps of zeros before the first time step, `right_pad` behind the last.

    Parameters
    ----------
    x : tensor, (batch, time, features)
    left_pad, right_pad : ints
    Returns
    -------
    tensor, (batch, time + left_pad + right_pad, features), x.dtype
    Raises
    ------
    ShapeMismatch    x has not 3 axes, or a number is negative

    Notes
    -----
    Differs: the result keeps x's dtype; Theano under Keras 1.2.2 gives floatx.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, asymmetric_temporal_padding.
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
    x : tensor             'tf' (batch, height, width, channels), 'th' (batch, channels, height, width)
    padding : pair of int
    dim_ordering : str     'tf', 'th' or 'default': image_dim_ordering()
    Returns
    -------
    tensor, x.dtype        x's layout; height + 2 * padding[0], width + 2 * padding[1]
    Raises
    ------
    ShapeMismatch          x has not 4 axes, a number is negative, or a name is not known

    Notes
    -----
    Differs: the result keeps x's dtype; Theano under Keras 1.2.2 gives floatx.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, spatial_2d_padding.
    """
    rows, columns = checks.wholes("spatial_2d_padding", "padding", padding, 2, 0)
    return _padded("spatial_2d_padding", x, ((rows, rows), (columns, columns)), dim_ordering)


def asymmetric_spatial_2d_padding(x, top_pad=1, bottom_pad=1, left_pad=1, right_pad=1, dim_ordering="default"):
    """Rows of zeros at the top and at the bottom of images, columns on either side: a number for each.

    Parameters
    ----------
    x : tensor             'tf' (batch, height, width, channels), 'th' (batch, channels, height, width)
    top_pad, bottom_pad, left_pad, right_pad : ints
    dim_ordering : str     'tf', 'th' or 'default': image_dim_ordering()
    Returns
    -------
    tensor, x.dtype        x's layout; height + top_pad + bottom_pad, width + left_pad + right_pad
    Raises
    ------
    ShapeMismatch          x has not 4 axes, a number is negative, or a name is not known

    Notes
    -----
    Differs: the result keeps x's dtype; Theano under Keras 1.2.2 gives floatx.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, asymmetric_spatial_2d_padding.
    """
    op = "asymmetric_spatial_2d_padding"
    given = (("top_pad", top_pad), ("bottom_pad", bottom_pad), ("left_pad", left_pad), ("right_pad", right_pad))
    top, bottom, left, right = (checks.whole(op, *amount, least=0) for amount in given)
    return _padded(op, x, ((top, bottom), (left, right)), dim_ordering)


def spatial_3d_padding(x, padding=(1, 1, 1), dim_ordering="default"):
    """Zeros around volumes: padding[0] on either side of the depth, [1] of the height, [2] of the width.

    Parameters
    ----------
    x : tensor             'tf' (batch, depth, height, width, channels), 'th' (batch, channels, depth, height, width)
    padding : triple of int
    dim_ordering : str     'tf', 'th' or 'default': image_dim_ordering()
    Returns
    -------
    tensor, x.dtype        x's layout; each size of space + 2 * its padding
    Raises
    ------
    ShapeMismatch          x has not 5 axes, a number is negative, or a name is not known

    Notes
    -----
    Differs: the result keeps x's dtype; Theano under Keras 1.2.2 gives floatx.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, spatial_3d_padding.
    """
    amounts = checks.wholes("spatial_3d_padding", "padding", padding, 3, 0)
    return _padded("spatial_3d_padding", x, tuple((amount, amount) for amount in amounts), dim_ordering)


def _padded(op, x, amounts, dim_ordering):
    """x with (before, after) zeros along each axis of space."""
    x = checks.ranked(op, x, len(amounts) + 2, meaning="(batch, channels and %d of space)" % len(amounts))
    widths = [(0, 0)] * x.ndim
    for axis, pair in zip(spatial_axes(op, x.ndim, dim_ordering), amounts):
        widths[axis] = pair
    return primitives.pad(x, tuple(widths))
