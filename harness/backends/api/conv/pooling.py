"""Pooling over images."""

from harness.backends.api.arguments import checks
from harness.backends.api.conv import layouts, windows
from harness.backends.graph import primitives


def arguments(op, x, axes, pool_size, strides, border_mode, dim_ordering, pool_mode):
    """(x, pool_size, strides, border_mode, 'tf' or 'th', pool_mode) of a pooling over so many axes of space."""
    x = checks.ranked(op, checks.of_floats(op, x), axes + 2)
    border_mode = checks.choice(op, "border_mode", border_mode, ("valid", "same"))
    pool_mode = checks.choice(op, "pool_mode", pool_mode, ("max", "avg"))
    ordering = layouts.chosen(op, dim_ordering)
    window = checks.wholes(op, "pool_size", pool_size, axes, 1)
    windows.check_windows(op, x, window, (1,) * axes, border_mode, ordering)
    return x, window, checks.wholes(op, "strides", strides, axes, 1), border_mode, ordering, pool_mode


def pool2d(x, pool_size, strides=(1, 1), border_mode="valid", dim_ordering="default", pool_mode="max"):
    """Largest element or average of each window of images.

    Parameters
    ----------
    x : tensor             'tf' (batch, height, width, channels), 'th' (batch, channels, height, width)
    pool_size, strides : pairs of int
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
    Numerics: the gradient of 'max' goes to the first largest element of the window. 'max' passes over nan, where K.max
              does not: of nan alone it is -inf, and 0 of K.relu of that. An average of nan is nan.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, pool2d.
    """
    given = x, 2, pool_size, strides, border_mode, dim_ordering, pool_mode
    return primitives.pooling(*arguments("pool2d", *given))
