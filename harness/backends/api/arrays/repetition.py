"""Repeating elements: along an axis, as tiles, or as larger images."""

from harness.backends import settings
from harness.backends.api.arguments import checks, shapes
from harness.backends.api.conv import layouts
from harness.backends.graph import primitives, shape_rules
from harness.backends.graph.dynamic_sizes import ProductOf
from harness.backends.plain_values import several


def _repeated(x, times, axis):
    """Each element of x `times` in a row along `axis`."""
    parts = primitives.concatenate([primitives.expand_dims(x, axis + 1)] * times, axis + 1)
    entries = list(shapes.unknown_as_dimensions(x, 1))
    entries[axis] = ProductOf((axis, axis + 1)) if x.shape[axis] is None else x.shape[axis] * times
    return primitives.reshape(parts, entries, (x,))


def repeat_elements(x, rep, axis):
    """Each element `rep` times in a row along `axis`, as np.repeat does.

    Returns
    -------
    tensor, x.dtype     x.shape with rep times the size on the axis
    Raises
    ------
    ShapeMismatch       no such axis, or rep is below 1

    Notes
    -----
    Differs: TensorFlow under Keras 1.2.2 has to know the size of the axis; here it may be open.
    Source:  keras 1.2.2, keras/backend/theano_backend.py, repeat_elements.
    """
    x = checks.tensor("repeat_elements", x)
    times = checks.whole("repeat_elements", "rep", rep, 1)
    return _repeated(x, times, shape_rules.normalize_axis("repeat_elements", axis, x.ndim))


def repeat(x, n):
    """Each row n times; n an int or a size such as K.shape(y)[1].

    Parameters
    ----------
    x : tensor, (samples, features)
    Returns
    -------
    tensor, (samples, n, features), x.dtype
    Raises
    ------
    ShapeMismatch    x has not 2 axes, or n is below 1

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, repeat.
    """
    x = checks.ranked("repeat", x, 2, meaning="(samples, features)")
    rows = primitives.expand_dims(x, 1)
    (count,), sources = shapes.attribute("repeat", (n,), (x,), least=1)
    if isinstance(count, int):
        return primitives.concatenate([rows] * count, 1)
    own = shapes.unknown_as_dimensions(x)
    return rows + primitives.fill(sources, (own[0], count, own[1]), 0, x.dtype)


def tile(x, n):
    """`x` as a whole n times along each axis.

    Parameters
    ----------
    x : tensor
    n : list of int     one for each of the last axes, or of more axes than x has; an int stands for the last axis
    Returns
    -------
    tensor, x.dtype     each size times its number; new axes come first
    Raises
    ------
    ShapeMismatch       a number below 1

    Notes
    -----
    Differs: TensorFlow under Keras 1.2.2 wants as many numbers as axes; here fewer or more, as Theano and NumPy.
    Source:  keras 1.2.2, keras/backend/theano_backend.py, tile.
    """
    x = checks.tensor("tile", x)
    counts = [checks.whole("tile", "n", each, 1) for each in several(n)]
    for _ in range(len(counts) - x.ndim):
        x = primitives.expand_dims(x, 0)
    for axis, count in enumerate(counts, x.ndim - len(counts)):
        x = primitives.concatenate([x] * count, axis) if count > 1 else x
    return x


def _enlarged(op, x, factors, dim_ordering):
    """Images, or volumes, with each place repeated along the spatial axes."""
    x = checks.ranked(op, x, len(factors) + 2, "X", "(batch, channels and %d of space)" % len(factors))
    dim_ordering = checks.choice(op, "dim_ordering", dim_ordering, settings.DIM_ORDERINGS)  # without 'default'
    for axis, factor in zip(layouts.spatial_axes(op, x.ndim, dim_ordering), factors):
        x = _repeated(x, checks.whole(op, "a factor", factor, 1), axis)
    return x


def resize_images(X, height_factor, width_factor, dim_ordering):
    """Images with each pixel repeated along height and width.

    Parameters
    ----------
    X : tensor             'tf' (batch, height, width, channels), 'th' (batch, channels, height, width)
    height_factor, width_factor : ints
    dim_ordering : str     'tf' or 'th'; 'default' is none here
    Returns
    -------
    tensor, X's dtype      X's layout; each size of space times its factor
    Raises
    ------
    ShapeMismatch          X has not 4 axes, a factor is below 1, or dim_ordering is neither 'tf' nor 'th'

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, resize_images.
    """
    return _enlarged("resize_images", X, (height_factor, width_factor), dim_ordering)


def resize_volumes(X, depth_factor, height_factor, width_factor, dim_ordering):
    """Volumes with each place repeated along depth, height and width.

    Parameters
    ----------
    X : tensor             'tf' (batch, depth, height, width, channels), 'th' (batch, channels, depth, height, width)
    depth_factor, height_factor, width_factor : ints
    dim_ordering : str     'tf' or 'th'; 'default' is none here
    Returns
    -------
    tensor, X's dtype      X's layout; each size of space times its factor
    Raises
    ------
    ShapeMismatch          X has not 5 axes, a factor is below 1, or dim_ordering is neither 'tf' nor 'th'

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, resize_volumes.
    """
    return _enlarged("resize_volumes", X, (depth_factor, height_factor, width_factor), dim_ordering)
