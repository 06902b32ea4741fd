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

from harness.backends.api.arguments import checks
from harness.backends.api.conv import layouts, windows
from harness.backends.graph import primitives


def conv1d(x, kernel, stride=1, border_mode="valid", image_shape=None, filter_shape=None):
    """Cross-correlation over time, in one layout whatever image_dim_ordering() is.

    Parameters
    ----------
    x : tensor, (batch, time, channels)
    kernel : tensor, (length, in, out)
    stride : int
    border_mode : str                'valid'; 'same': sizes ceil(size / stride); 'full': wherever x and kernel meet
    image_shape, filter_shape : ignored, the graph knows the shapes
    Returns
    -------
    tensor, (batch, places, out)     the wider dtype
    Raises
    ------
    ShapeMismatch                    ranks or channels do not fit, a number below 1, a name not known, no window within
                                     x, or the kernel's length is unknown
    TypeMismatch                     x or kernel has no floats

    Notes
    -----
    Differs: the kernel is not flipped; 'same' puts the odd zero behind, as TensorFlow. Missing under Theano in Keras
             1.2.2, which flips kernels.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, conv1d.
    """
    x, kernel = windows.pair("conv1d", x, kernel, 3)
    rows = primitives.expand_dims(x, 2), primitives.expand_dims(kernel, 1)
    stride = checks.whole("conv1d", "stride", stride, 1)
    windows.check_channels("conv1d", x, kernel, "tf")
    border_mode = checks.choice("conv1d", "border_mode", border_mode, windows.MODES)
    windows.check_windows("conv1d", x, windows.windows_of("conv1d", kernel, "tf"), (1,), border_mode, "tf")
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
    x : tensor             'tf' (batch, height, width, channels), 'th' (batch, channels, height, width)
    kernel : tensor        'tf' (rows, columns, in, out), 'th' (out, in, rows, columns)
    strides, filter_dilation : pairs of int, which may all differ from 1
    border_mode : str      'valid'; 'same': sizes ceil(size / stride); 'full': wherever x and kernel meet
    dim_ordering : str     'tf', 'th' or 'default': image_dim_ordering()
    image_shape, filter_shape : ignored, the graph knows the shapes
    Returns
    -------
    tensor, 4 axes         x's layout, with `out` for channels; the wider dtype
    Raises
    ------
    ShapeMismatch          ranks or channels do not fit, a number below 1, a name not known, or no window in x
    TypeMismatch           x or kernel has no floats

    Notes
    -----
    Differs: the kernel is not flipped (Theano under Keras 1.2.2 flips it); 'same' puts the odd zero behind, as
             TensorFlow.
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

    Parameters
    ----------
    x : tensor             'tf' (batch, height, width, channels), 'th' (batch, channels, height, width)
    kernel : tensor        'tf' (rows, columns, in, out), 'th' (out, in, rows, columns)
    rate : int
    border_mode : str      'valid'; 'same': sizes ceil(size / stride); 'full': wherever x and kernel meet
    dim_ordering : str     'tf', 'th' or 'default': image_dim_ordering()
    image_shape, filter_shape : ignored, the graph knows the shapes
    Returns
    -------
    tensor, 4 axes         x's layout, with `out` for channels; the wider dtype
    Raises
    ------
    ShapeMismatch          ranks or channels do not fit, a number below 1, a name not known, or no window in x
    TypeMismatch           x or kernel has no floats

    Notes
    -----
    Differs: the kernel is not flipped; 'same' puts the odd zero behind, as TensorFlow. Missing under Theano in Keras
             1.2.2, which flips kernels.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, atrous_conv2d.
    """
    op = "atrous_conv2d"
    gap = checks.whole(op, "rate", rate, 1)
    return _of_images(op, x, kernel, (1, 1), border_mode, dim_ordering, (gap, gap))
