"""Images and volumes with their channels first, as Theano takes them, and back in the layout of the graph."""


def channels_first(native, ordering):
    """Images or volumes of the layout `ordering` with channels first."""
    return native if ordering == "th" else native.dimshuffle(0, native.ndim - 1, *range(1, native.ndim - 1))


def as_given(native, ordering):
    """Images or volumes with channels first in the layout `ordering`."""
    return native if ordering == "th" else native.dimshuffle(0, *range(2, native.ndim), 1)


def static_shape(tensor, ordering):
    """The sizes that the graph knows, channels first."""
    shape = tensor.shape
    return shape if ordering == "th" else shape[:1] + shape[-1:] + shape[1:-1]
