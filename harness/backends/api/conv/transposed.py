"""The transpose of a convolution over images. Layouts as in convolution.py."""

from harness.backends.api.arguments import checks, shapes
from harness.backends.api.conv import layouts, windows
from harness.backends.errors import ShapeMismatch, shown
from harness.backends.graph import primitives, shape_rules
from harness.backends.graph.composites import composite
from harness.backends.plain_values import plain


def deconv2d(
    x,
    kernel,
    output_shape,
    strides=(1, 1),
    border_mode="valid",
    dim_ordering="default",
    image_shape=None,
    filter_shape=None,
):
    """The transpose of conv2d: what its gradient does to images, as large as `output_shape`.

    Parameters
    ----------
    x : tensor               'tf' (batch, height, width, channels), 'th' (batch, channels, height, width)
    kernel : tensor          'tf' (rows, columns, in, out), 'th' (out, in, rows, columns): `in` are x's channels, `out`
                             the result's
    output_shape : tuple     of the result, in x's layout; the batch may be None; a convolution of the sizes of space
                             with these strides must have x's sizes
    strides : pair of int
    border_mode : str        'valid' or 'same', of that convolution
    dim_ordering : str       'tf', 'th' or 'default': image_dim_ordering()
    image_shape, filter_shape : ignored, the graph knows the shapes
    Returns
    -------
    tensor, output_shape     x's layout; the wider dtype
    Raises
    ------
    ShapeMismatch            ranks, channels or sizes do not fit, a number is below 1, or a name is not known
    TypeMismatch             x or kernel has no floats

    Notes
    -----
    Differs: the kernel is not flipped (Theano under Keras 1.2.2 flips it); 'same' puts the odd zero behind, as
             TensorFlow.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, deconv2d.
    """
    x, kernel = windows.pair("deconv2d", x, kernel, 4)
    ordering = layouts.chosen("deconv2d", dim_ordering)
    border_mode = checks.choice("deconv2d", "border_mode", border_mode, windows.MODES[:2])
    strides = checks.wholes("deconv2d", "strides", strides, 2, 1)
    windows.check_channels("deconv2d", x, kernel, ordering)
    output_shape = _sizes_of_result(x, kernel, output_shape, ordering)
    axes = layouts.spatial_axes("deconv2d", 4, ordering)
    wanted = [_wanted(output_shape, axis) for axis in axes]
    spread, amounts = x, []
    for axis, size, window, stride in zip(axes, wanted, windows.windows_of("deconv2d", kernel, ordering), strides):
        _check_transposed(x, size, axis, window, stride, border_mode)
        before, _ = shape_rules.same_padding(size, window, stride) if border_mode == "same" else (0, 0)
        spread = _spread(spread, axis, stride)
        # places of the result that no window reaches lie behind
        rest = size + before - (spread.shape[axis] + window - 1)
        amounts.append((window - 1 - before, window - 1 + rest))
    turned = _turned(kernel, ordering)
    convolved = primitives.convolution(
        windows.in_zeros(spread, axes, amounts), turned, (1, 1), "valid", (1, 1), ordering
    )
    attributes = {"wanted": tuple(wanted), "strides": strides, "border_mode": border_mode, "dim_ordering": ordering}
    return composite("deconv2d", (x, kernel), attributes, convolved)


def _sizes_of_result(x, kernel, output_shape, ordering):
    """The four sizes of `output_shape`; ShapeMismatch unless they are x's batch, or None, and the kernel's channels."""
    output_shape = checks.listed("deconv2d", output_shape, "output_shape", "a tuple of 4 sizes")
    output_shape = [plain(size) for size in output_shape]
    channels, filters = (1, 0) if ordering == "th" else (3, 3)
    expected = {0: x.shape[0], channels: kernel.shape[filters]}
    given = (
        [output_shape[axis] if isinstance(output_shape[axis], int) else None for axis in expected]
        if len(output_shape) == 4
        else []
    )
    if not shape_rules.alike(given, tuple(expected.values())):
        raise ShapeMismatch(
            "deconv2d: output_shape does not fit. Expected 4 sizes, x's batch or None and the kernel's channels. "
            "Received x.shape=%s, kernel.shape=%s, output_shape=%s." % (x.shape, kernel.shape, shown(output_shape))
        )
    return output_shape


def _wanted(output_shape, axis):
    """A size of the result's, an int."""
    return checks.whole("deconv2d", "a size of output_shape", output_shape[axis], 1)


def _check_transposed(x, wanted, axis, window, stride, border_mode):
    """Raises ShapeMismatch unless a convolution of `wanted` places has x's size along an axis, which is known."""
    found = shape_rules.window_output(wanted, window, stride, border_mode)
    if x.shape[axis] is None or found != x.shape[axis]:
        raise ShapeMismatch(
            "deconv2d: sizes do not fit. Expected an output_shape whose convolution has x's sizes, %s. Received %d on "
            "axis %d, which gives %d." % (x.shape, wanted, axis, found)
        )


def _spread(x, axis, stride):
    """x with stride - 1 zeros between its elements along an axis of known size."""
    if stride == 1:
        return x
    size = x.shape[axis]
    spread = primitives.expand_dims(x, axis + 1)
    spread = windows.in_zeros(spread, [axis + 1], [(0, stride - 1)])
    entries = list(shapes.unknown_as_dimensions(x, 1))
    entries[axis] = size * stride
    joined = primitives.reshape(spread, entries, (x,))
    rest = [slice(None)] * x.ndim
    rest[axis] = slice(0, (size - 1) * stride + 1)
    return primitives.slice_(joined, tuple(rest))


def _turned(kernel, ordering):
    """The kernel turned around along both axes of space."""
    whole, backwards = slice(None), slice(None, None, -1)
    items = (whole, whole, backwards, backwards) if ordering == "th" else (backwards, backwards, whole, whole)
    return primitives.slice_(kernel, items)
