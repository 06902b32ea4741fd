"""Convolution of each channel by itself, then of all of them. Layouts as in convolution.py."""

from harness.backends import primitives, shapes
from harness.backends.api import checks, layouts, windows
from harness.backends.api.composites import composite
from harness.backends.errors import ShapeMismatch


def separable_conv2d(
    x, depthwise_kernel, pointwise_kernel, strides=(1, 1), border_mode="valid", dim_ordering="default"
):
    """Cross-correlation of each channel with kernels of its own, then of all channels, place by place.

    Parameters
    ----------
    x : tensor                    'tf' (batch, height, width, channels), 'th' (batch, channels, height, width)
    depthwise_kernel : tensor     'tf' (rows, columns, in, multiplier), 'th' (multiplier, in, rows, columns)
    pointwise_kernel : tensor     'tf' (1, 1, in * multiplier, out), 'th' (out, in * multiplier, 1, 1)
    strides : pair of int
    border_mode : str             'valid'; 'same': sizes ceil(size / stride); 'full': wherever x and kernel meet
    dim_ordering : str            'tf', 'th' or 'default': image_dim_ordering()
    Returns
    -------
    tensor, 4 axes                x's layout, with `out` for channels; the wider dtype
    Raises
    ------
    ShapeMismatch                 ranks or channels do not fit, a number below 1, a name not known, no window in x,
                                  or a size of a kernel is unknown
    TypeMismatch                  x or a kernel has no floats

    Notes
    -----
    Differs: the kernels are not flipped; 'same' puts the odd zero behind, as TensorFlow. Missing under Theano in Keras
             1.2.2, which flips kernels.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, separable_conv2d.
    """
    op = "separable_conv2d"
    x, depthwise = windows.pair(op, x, depthwise_kernel, 4)
    _, pointwise = windows.pair(op, x, pointwise_kernel, 4)
    ordering = layouts.chosen(op, dim_ordering)
    windows.check_channels(op, x, depthwise, ordering, "depthwise_kernel")
    channels, multiplier = (
        checks.known(op, depthwise, axis, "depthwise_kernel", "a number of channels")
        for axis in ((1, 0) if ordering == "th" else (2, 3))
    )
    strides = checks.wholes(op, "strides", strides, 2, 1)
    border_mode = checks.choice(op, "border_mode", border_mode, windows.MODES)
    windows.windows_of(op, depthwise, ordering)
    windows.check_channels(op, x, pointwise, ordering, "pointwise_kernel", shapes.product((channels, multiplier)))
    if windows.windows_of(op, pointwise, ordering) != (1, 1):
        raise ShapeMismatch(
            "%s: pointwise_kernel is not of one place. Expected rows and columns of 1. Received %s."
            % (op, pointwise.shape)
        )
    convolved = windows.convolved(op, x, _of_own_channels(depthwise, ordering), strides, border_mode, ordering, (1, 1))
    attributes = {"strides": strides, "border_mode": border_mode, "dim_ordering": ordering}
    depths = composite("depthwise_conv2d", (x, depthwise), attributes, convolved)
    return primitives.convolution(depths, pointwise, (1, 1), "valid", (1, 1), ordering)


def _of_own_channels(kernel, ordering):
    """A depthwise kernel as one for all channels, 0 for those that are not its own: (in, in * multiplier) of them."""
    kernel = primitives.transpose(kernel, (2, 3, 1, 0)) if ordering == "th" else kernel
    rows, columns, channels, multiplier = kernel.shape
    own = primitives.constant(_unit(channels), kernel.dtype)
    whole = primitives.binary("multiply", primitives.expand_dims(kernel, 3), own)
    whole = primitives.reshape(whole, (rows, columns, channels, channels * multiplier))
    return primitives.transpose(whole, (3, 2, 0, 1)) if ordering == "th" else whole


def _unit(channels):
    """(channels, channels, 1): 1 where both are the same."""
    return [[[float(one == other)] for other in range(channels)] for one in range(channels)]
