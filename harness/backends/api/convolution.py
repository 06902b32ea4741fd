"""Convolution over time and images.

All are cross-correlations: the kernel is not flipped (Theano under Keras 1.2.2 flips it). border_mode 'same' gives
sizes ceil(size / stride), with the odd zero behind, as TensorFlow (Theano under Keras 1.2.2 aligns even kernels and
strides otherwise); 'full' gives every place where kernel and x meet, as Theano. Layouts, dim_ordering 'th' and 'tf':

images     (batch, channels, height, width)          (batch, height, width, channels)
           kernel (out, in, rows, columns)           kernel (rows, columns, in, out)
volumes    (batch, channels, depth, height, width)   (batch, depth, height, width, channels)
           kernel (out, in, depth, rows, columns)    kernel (depth, rows, columns, in, out)

The arguments image_shape, filter_shape and volume_shape are ignored: shapes are known from the graph.
"""

from harness.backends import primitives
from harness.backends.api import checks, layouts, windows


def conv1d(x, kernel, stride=1, border_mode="valid", image_shape=None, filter_shape=None):
    """Cross-correlation over time.

    Parameters
    ----------
    x : tensor, (batch, time, channels)
    kernel : tensor, (length, in, out)
    stride : int
    border_mode : str     'valid', 'same' or 'full', see above
    Returns
    -------
    tensor, (batch, places, out)
    Raises
    ------
    ShapeMismatch         ranks or channels do not fit, a number is below 1, or a name is not known

    Notes
    -----
    Differs: missing under Theano in Keras 1.2.2.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, conv1d.
    """
    x, kernel = windows.pair("conv1d", x, kernel, 3)
    rows = primitives.expand_dims(x, 2), primitives.expand_dims(kernel, 1)
    stride = checks.whole("conv1d", "stride", stride, 1)
    windows.check_channels("conv1d", x, kernel, "tf")
    checks.choice("conv1d", "border_mode", border_mode, windows.MODES)
    windows.check_windows("conv1d", x, kernel.shape[:1], (1,), border_mode, "tf")
    return primitives.squeeze(windows.convolved("conv1d", *rows, (stride, 1), border_mode, "tf", (1, 1)), 2)


def conv2d(
    x,
    kernel,
    strides=(1, 1),
    border_mode="valid",
    dim_ordering="default",
    image_shape=None,
    filter_shape=None,
    filter_dilation=(1, 1),
):
    """Cross-correlation of images with kernels.

    Parameters
    ----------
    x, kernel : tensors, 4 axes     layouts as above
    strides, filter_dilation : pairs of int     both may differ from 1, and from each other
    border_mode : str               'valid', 'same' or 'full', see above
    dim_ordering : str              'th', 'tf' or 'default': image_dim_ordering()
    Returns
    -------
    tensor, x's layout with the kernel's number of filters
    Raises
    ------
    ShapeMismatch     ranks or channels do not fit, a number is below 1, or a name is not known

    Notes
    -----
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, conv2d.
    """
    return _of_images("conv2d", x, kernel, strides, border_mode, dim_ordering, filter_dilation)


def _of_images(op, x, kernel, strides, border_mode, dim_ordering, dilation):
    x, kernel = windows.pair(op, x, kernel, 4)
    ordering = layouts.chosen(op, dim_ordering)
    windows.check_channels(op, x, kernel, ordering)
    return windows.convolved(op, x, kernel, strides, border_mode, ordering, dilation)


def atrous_conv2d(x, kernel, rate=1, border_mode="valid", dim_ordering="default", image_shape=None, filter_shape=None):
    """conv2d with `rate` - 1 places left out between the elements of the kernel, along both axes.

    Raises
    ------
    ShapeMismatch     as conv2d, or rate is below 1

    Notes
    -----
    Differs: missing under Theano in Keras 1.2.2.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, atrous_conv2d.
    """
    op = "atrous_conv2d"
    gap = checks.whole(op, "rate", rate, 1)
    return _of_images(op, x, kernel, (1, 1), border_mode, dim_ordering, (gap, gap))
