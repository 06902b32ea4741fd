"""Convolution and pooling over volumes, made of those over images. Layouts as in convolution.py."""

from harness.backends.api.arguments import checks, shapes
from harness.backends.api.conv import layouts, pooling, windows
from harness.backends.errors import ShapeMismatch
from harness.backends.graph import primitives, shape_rules
from harness.backends.graph.composites import composite
from harness.backends.graph.dynamic_sizes import DimensionOf


def conv3d(
    x,
    kernel,
    strides=(1, 1, 1),
    border_mode="valid",
    dim_ordering="default",
    volume_shape=None,
    filter_shape=None,
    filter_dilation=(1, 1, 1),
):
    """Cross-correlation of volumes with kernels.

    Parameters
    ----------
    x : tensor             'tf' (batch, depth, height, width, channels), 'th' (batch, channels, depth, height, width)
    kernel : tensor        'tf' (depth, rows, columns, in, out), 'th' (out, in, depth, rows, columns)
    strides, filter_dilation : triples of int
    border_mode : str      'valid'; 'same': sizes ceil(size / stride); 'full': wherever x and kernel meet
    dim_ordering : str     'tf', 'th' or 'default': image_dim_ordering()
    volume_shape, filter_shape : ignored, the graph knows the shapes
    Returns
    -------
    tensor, 5 axes         x's layout, with `out` for channels; the wider dtype
    Raises
    ------
    ShapeMismatch          ranks or channels do not fit, a number below 1, a name not known, or no window in x
    TypeMismatch           x or kernel has no floats

    Notes
    -----
    Differs: the kernel is not flipped (Theano under Keras 1.2.2 flips it); 'same' puts the odd zero behind, as
             TensorFlow; filter_dilation is Theano's only.
    Source:  keras 1.2.2, keras/backend/theano_backend.py, conv3d.
    """
    op = "conv3d"
    x, kernel = windows.pair(op, x, kernel, 5)
    ordering = layouts.chosen(op, dim_ordering)
    border_mode = checks.choice(op, "border_mode", border_mode, windows.MODES)
    strides = checks.wholes(op, "strides", strides, 3, 1)
    dilation = checks.wholes(op, "filter_dilation", filter_dilation, 3, 1)
    windows.check_channels(op, x, kernel, ordering)
    windows.check_windows(op, x, windows.windows_of(op, kernel, ordering), dilation, border_mode, ordering)
    last = (x, kernel) if ordering == "tf" else (_channels_last(x), primitives.transpose(kernel, (2, 3, 4, 1, 0)))
    convolved = _by_depth(*last, strides, border_mode, dilation)
    convolved = convolved if ordering == "tf" else primitives.transpose(convolved, (0, 4, 1, 2, 3))
    attributes = {"strides": strides, "border_mode": border_mode, "dilation": dilation, "dim_ordering": ordering}
    return composite(op, (x, kernel), attributes, convolved)


def _channels_last(x):
    return primitives.transpose(x, (0, 2, 3, 4, 1))


def _by_depth(x, kernel, strides, border_mode, dilation):
    """The sum over the kernel's depth of convolutions of images, channels last."""
    span = (kernel.shape[0] - 1) * dilation[0]
    x = windows.in_zeros(x, [1], [_around("conv3d", x.shape[1], span + 1, strides[0], border_mode)])
    total = None
    for depth in range(kernel.shape[0]):
        first, last = depth * dilation[0], span - depth * dilation[0]
        part = primitives.slice_(x, (slice(None), slice(first, -last or None, strides[0])) + (slice(None),) * 3)
        images = primitives.slice_(kernel, (depth,) + (slice(None),) * 4)
        found = _of_images(
            part, lambda each: windows.convolved("conv3d", each, images, strides[1:], border_mode, "tf", dilation[1:])
        )
        total = found if total is None else total + found
    return total


def _around(op, size, span, stride, border_mode):
    """(before, after) zeros along the depth."""
    if border_mode != "same":
        return (span - 1, span - 1) if border_mode == "full" else (0, 0)
    if size is None and stride != 1:
        raise ShapeMismatch(
            "%s: depth unknown. Expected a static depth for border_mode='same' and a stride. Received stride=%d."
            % (op, stride)
        )
    return shape_rules.same_padding(1 if size is None else size, span, stride)


def _of_images(x, function):
    """`function` of all the images (batch * depth, height, width, channels) of volumes, as volumes."""
    images = function(primitives.reshape(x, (-1,) + shapes.unknown_as_dimensions(x)[2:]))
    rest = shapes.unknown_as_dimensions(images)[1:]
    return primitives.reshape(images, (DimensionOf(0, 1), shapes.of_axis(x, 1, 1)) + rest, (x,))


def pool3d(x, pool_size, strides=(1, 1, 1), border_mode="valid", dim_ordering="default", pool_mode="max"):
    """Largest element or average of each window of volumes.

    Parameters
    ----------
    x : tensor             'tf' (batch, depth, height, width, channels), 'th' (batch, channels, depth, height, width)
    pool_size, strides : triples of int
    border_mode : str      'valid' drops windows that do not fit; 'same': sizes ceil(size / stride)
    dim_ordering : str     'tf', 'th' or 'default': image_dim_ordering()
    pool_mode : str        'max' or 'avg'; an average never counts padding
    Returns
    -------
    tensor, x.dtype        x's layout; 'valid': (size - window) // stride + 1 places along each axis of space
    Raises
    ------
    ShapeMismatch          ranks do not fit, a number is below 1, a name is not known, or no window lies in x
    TypeMismatch           x has no floats

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, pool3d.
    """
    op = "pool3d"
    given = x, 3, pool_size, strides, border_mode, dim_ordering, pool_mode
    x, window, strides, border_mode, ordering, pool_mode = pooling.arguments(op, *given)
    last = x if ordering == "tf" else _channels_last(x)
    rows = _of_images(
        last, lambda each: primitives.pooling(each, window[1:], strides[1:], border_mode, "tf", pool_mode)
    )
    pooled = _along_depth(rows, window[0], strides[0], border_mode, pool_mode)
    pooled = pooled if ordering == "tf" else primitives.transpose(pooled, (0, 4, 1, 2, 3))
    attributes = {"pool_size": window, "strides": strides, "border_mode": border_mode}
    attributes.update(dim_ordering=ordering, pool_mode=pool_mode)
    return composite(op, (x,), attributes, pooled)


def _along_depth(x, window, stride, border_mode, pool_mode):
    """Volumes (batch, depth, height, width, channels) pooled over the depth alone."""
    flat = primitives.reshape(x, (DimensionOf(0), shapes.of_axis(x, 1), -1, shapes.of_axis(x, 4)))
    pooled = primitives.pooling(flat, (window, 1), (stride, 1), border_mode, "tf", pool_mode)
    rest = shapes.unknown_as_dimensions(x, 1)[2:]
    return primitives.reshape(pooled, (DimensionOf(0), shapes.of_axis(pooled, 1)) + rest, (x,))
