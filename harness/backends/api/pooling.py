"""Pooling over images."""

from harness.backends import primitives
from harness.backends.api import checks, layouts, windows


def check_modes(op, border_mode, pool_mode):
    """Raises ShapeMismatch for a name that is not known."""
    checks.choice(op, "border_mode", border_mode, ("valid", "same"))
    checks.choice(op, "pool_mode", pool_mode, ("max", "avg"))


def pool2d(x, pool_size, strides=(1, 1), border_mode="valid", dim_ordering="default", pool_mode="max"):
    """Largest element or average of each window of images.

    Parameters
    ----------
    x : tensor, 4 axes           layout as for conv2d
    pool_size, strides : pairs of int
    border_mode : str            'valid' drops windows that do not fit; 'same' as for conv2d
    pool_mode : str              'max' or 'avg'; an average never counts padding
    Raises
    ------
    ShapeMismatch                ranks do not fit, a number is below 1, or a name is not known

    Notes
    -----
    Numerics: the gradient of 'max' goes to the first largest element of the window.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, pool2d.
    """
    x = checks.ranked("pool2d", checks.of_floats("pool2d", x), 4)
    check_modes("pool2d", border_mode, pool_mode)
    ordering = layouts.chosen("pool2d", dim_ordering)
    window = checks.wholes("pool2d", "pool_size", pool_size, 2, 1)
    windows.check_windows("pool2d", x, window, (1, 1), border_mode, ordering)
    return primitives.pooling(
        x, window, checks.wholes("pool2d", "strides", strides, 2, 1), border_mode, ordering, pool_mode
    )
