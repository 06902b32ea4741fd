"""What convolutions share: arguments in one form, zeros around, and 'full' besides the primitive's border modes."""

from harness.backends import operators, primitives
from harness.backends.api import checks, layouts

MODES = ("valid", "same", "full")


def pair(op, x, kernel, ndim):
    """x and kernel of one float type and `ndim` axes."""
    x = checks.ranked(op, checks.of_floats(op, x), ndim)
    return operators.promote(x, checks.ranked(op, checks.of_floats(op, kernel, "kernel"), ndim, "kernel"))


def in_zeros(x, axes, amounts):
    """x with (before, after) zeros along each of the axes."""
    widths = [(0, 0)] * x.ndim
    for axis, pair in zip(axes, amounts):
        widths[axis] = pair
    return primitives.pad(x, tuple(widths)) if any(map(any, widths)) else x


def convolved(op, x, kernel, strides, border_mode, ordering, dilation):
    """primitives.convolution of images, with 'full' besides."""
    strides = checks.wholes(op, "strides", strides, 2, 1)
    dilation = checks.wholes(op, "filter_dilation", dilation, 2, 1)
    checks.choice(op, "border_mode", border_mode, MODES)
    if border_mode == "full":
        spans = [(window_of(kernel, axis, ordering) - 1) * gap for axis, gap in enumerate(dilation)]
        x = in_zeros(x, layouts.spatial_axes(op, 4, ordering), [(span, span) for span in spans])
        border_mode = "valid"
    return primitives.convolution(x, kernel, strides, border_mode, dilation, ordering)


def window_of(kernel, axis, ordering):
    """The size of a kernel along an axis of space."""
    return kernel.shape[axis + (2 if ordering == "th" else 0)]
