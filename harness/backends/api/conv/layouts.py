"""The axis of the channels of images and volumes: first for dim_ordering 'th', last for 'tf'."""

from harness.backends import settings
from harness.backends.api.arguments import checks


def chosen(op, dim_ordering):
    """'tf' or 'th'; 'default' is image_dim_ordering().

    Raises
    ------
    ShapeMismatch    another name
    """
    ordering = settings.get("image_dim_ordering") if dim_ordering == "default" else dim_ordering
    return checks.choice(op, "dim_ordering", ordering, settings.DIM_ORDERINGS)


def spatial_axes(op, ndim, dim_ordering):
    """The axes of space of a tensor of `ndim` axes."""
    first = 2 if chosen(op, dim_ordering) == "th" else 1
    return tuple(range(first, first + ndim - 2))
