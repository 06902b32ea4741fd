"""What convolutions share: arguments in one form, zeros around, and 'full' besides the primitive's border modes."""

from harness.backends.api.arguments import checks
from harness.backends.api.conv import layouts
from harness.backends.errors import ShapeMismatch
from harness.backends.graph import operators, primitives

MODES = ("valid", "same", "full")


def pair(op, x, kernel, ndim):
    """x and kernel of one float type and `ndim` axes."""
    x = checks.ranked(op, checks.of_floats(op, x), ndim)
    kernel = checks.ranked(op, checks.of_floats(op, kernel, "kernel"), ndim, "kernel")
    return operators.promote(x, checks.filled(op, kernel, range(ndim), "kernel"))


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
    border_mode = checks.choice(op, "border_mode", border_mode, MODES)
    windows = windows_of(op, kernel, ordering)
    check_windows(op, x, windows, dilation, border_mode, ordering)
    if border_mode == "full":
        spans = [(window - 1) * gap for window, gap in zip(windows, dilation)]
        x = in_zeros(x, layouts.spatial_axes(op, 4, ordering), [(span, span) for span in spans])
        border_mode = "valid"
    return primitives.convolution(x, kernel, strides, border_mode, dilation, ordering)


def check_channels(op, x, kernel, ordering, name="kernel", channels=None):
    """Raises ShapeMismatch unless a kernel takes as many channels as x has, or as are given."""
    incoming = x.shape[1 if ordering == "th" else x.ndim - 1] if channels is None else channels
    taken = kernel.shape[1 if ordering == "th" else kernel.ndim - 2]
    if None not in (incoming, taken) and incoming != taken:
        raise ShapeMismatch(
            "%s: channels differ. Expected equal channels of dim_ordering=%r. Received x.shape=%s, %s.shape=%s."
            % (op, ordering, x.shape, name, kernel.shape)
        )


def windows_of(op, kernel, ordering):
    """The sizes of a kernel along the axes of space."""
    first = 2 if ordering == "th" else 0
    return tuple(
        checks.known(op, kernel, axis, "kernel", "size of the window") for axis in range(first, first + kernel.ndim - 2)
    )


def check_volumes(operation, x, kernel):
    """check_windows of a conv3d that is made, with the sizes of these tensors."""
    at, op = operation.attributes, operation.name
    windows = windows_of(op, kernel, at["dim_ordering"])
    check_windows(op, x, windows, at["dilation"], at["border_mode"], at["dim_ordering"])


def check_windows(op, x, windows, dilation, border_mode, ordering):
    """Raises ShapeMismatch unless one window at least lies within x, or over it where zeros are put around it."""
    for axis, window, gap in zip(layouts.spatial_axes(op, x.ndim, ordering), windows, dilation):
        span = (window - 1) * gap + 1 if border_mode == "valid" else 1
        if x.shape[axis] is not None and x.shape[axis] < span:
            raise ShapeMismatch(
                "%s: the window is larger than x. Expected x.shape[%d] >= %d. Received x.shape=%s."
                % (op, axis, span, x.shape)
            )
