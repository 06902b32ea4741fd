"""Convolution and pooling over images."""

from harness.backends import primitives, settings
from harness.backends.errors import ShapeMismatch


def _checked(op, name, value, allowed):
    if value not in allowed:
        raise ShapeMismatch("%s: %s not known. Expected one of %s. Received %r." % (op, name, allowed, value))
    return value


def _ordering(op, dim_ordering):
    chosen = settings.get("image_dim_ordering") if dim_ordering == "default" else dim_ordering
    return _checked(op, "dim_ordering", chosen, settings.DIM_ORDERINGS)


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
    x : tensor        'th' (batch, channels, height, width), 'tf' (batch, height, width, channels)
    kernel : tensor   'th' (out, in, rows, columns), 'tf' (rows, columns, in, out)
    border_mode : str 'valid', or 'same': sizes ceil(size / stride), the odd zero at the bottom and right
    dim_ordering : str                   'th', 'tf' or 'default': image_dim_ordering()
    image_shape, filter_shape : ignored  shapes are known from the graph
    Returns
    -------
    tensor, x's layout with the kernel's number of filters
    Raises
    ------
    ShapeMismatch     ranks or channels do not fit, or a name is not known

    Notes
    -----
    Differs: Theano in Keras 1.2.2 flips the kernel and aligns 'same' otherwise; here as under TensorFlow.
    Source:  keras 1.2.2, keras/backend/tensorflow_backend.py, conv2d.
    """
    _checked("conv2d", "border_mode", border_mode, ("valid", "same"))
    ordering = _ordering("conv2d", dim_ordering)
    return primitives.convolution(x, kernel, tuple(strides), border_mode, tuple(filter_dilation), ordering)


def pool2d(x, pool_size, strides=(1, 1), border_mode="valid", dim_ordering="default", pool_mode="max"):
    """Largest element or average of each window.

    Parameters
    ----------
    x : tensor                   layout as for conv2d
    pool_size, strides : pairs of int
    border_mode : str            'valid' drops windows that do not fit; 'same' as for conv2d
    pool_mode : str              'max' or 'avg'; an average never counts padding
    Raises
    ------
    ShapeMismatch                a name is not known

    Notes
    -----
    Source: keras 1.2.2, keras/backend/tensorflow_backend.py, pool2d.
    """
    _checked("pool2d", "border_mode", border_mode, ("valid", "same"))
    _checked("pool2d", "pool_mode", pool_mode, ("max", "avg"))
    ordering = _ordering("pool2d", dim_ordering)
    return primitives.pooling(x, tuple(pool_size), tuple(strides), border_mode, ordering, pool_mode)
