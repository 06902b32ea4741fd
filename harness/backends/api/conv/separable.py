"""Convolution of each channel by itself, then of all of them. Layouts as in convolution.py."""

from harness.backends.api.arguments import checks
from harness.backends.api.conv import layouts, windows
from harness.backends.errors import ShapeMismatch
from harness.backends.graph import primitives, shape_rules
from harness.backends.graph.composites import composite


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
    windows.check_channels(op, x, pointwise, ordering, "pointwise_kernel", shape_rules.product((channels, multiplier)))
    if windows.windows_of(op, pointwise, ordering) != (1, 1):
        raise ShapeMismatch(
            "%s: pointwise_kernel is not of one place. Expected rows and columns of 1. Received %s."
            % (op, pointwise.shape)
        )
    each = [
        windows.convolved(op, *_channel(x, depthwise, place, ordering), strides, border_mode, ordering, (1, 1))
        for place in range(channels)
    ]
    convolved = primitives.concatenate(each, 1 if ordering == "th" else 3)
    attributes = {"strides": strides, "border_mode": border_mode, "dim_ordering": ordering}
    depths = composite("depthwise_conv2d", (x, depthwise), attributes, convolved)
    return primitives.convolution(depths, pointwise, (1, 1), "valid", (1, 1), ordering)


def _channel(x, kernel, place, ordering):
    """(one channel of images, the kernels that are its own): a 0 for all others would make nan of infinities there."""
    one, whole = slice(place, place + 1), slice(None)
    of_images, of_kernel = (
        ((whole, one, whole, whole), (whole, one, whole, whole))
        if ordering == "th"
        else ((whole, whole, whole, one), (whole, whole, one, whole))
    )
    return primitives.slice_(x, of_images), primitives.slice_(kernel, of_kernel)
