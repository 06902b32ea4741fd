"""Convolutions that K makes of others, and that Theano has operations for: of each channel, transposed, of volumes."""

from theano.tensor.nnet import conv2d, conv3d
from theano.tensor.nnet.abstract_conv import conv2d_grad_wrt_inputs

from harness.backends.engines.theano.convolution import as_given, channels_first, static_shape
from harness.backends.graph.shape_rules import same_padding

# The axes of a kernel over images as (in, other, rows, columns); "other" is its `out`, or its multiplier.
INCOMING_FIRST = {"tf": (2, 3, 0, 1), "th": (1, 0, 2, 3)}


def accepted(operation):
    """Whether Theano computes what a composite asks for: sizes of space known, padding that it adds by itself."""
    at, (x, kernel) = operation.attributes, operation.inputs
    spatial = static_shape(x, at["dim_ordering"])[2:]
    if at["border_mode"] == "full" or None in spatial + kernel.shape:
        return False
    return operation.name != "conv3d" or all(before == after for before, after in _padding(operation, spatial))


def _window(operation):
    """The kernel's sizes of space."""
    kernel = operation.inputs[1].shape
    return kernel[2:] if operation.attributes["dim_ordering"] == "th" else kernel[:-2]


def _padding(operation, spatial):
    """((before, after) of each axis of space) around images of these sizes."""
    at = operation.attributes
    if at["border_mode"] == "valid":
        return ((0, 0),) * len(spatial)
    dilation = at.get("dilation", (1,) * len(spatial))
    return tuple(same_padding(*axis) for axis in zip(spatial, _window(operation), at["strides"], dilation))


def _depthwise(engine, operation, x, kernel):
    at = operation.attributes
    ordering, x_shape = at["dim_ordering"], static_shape(operation.inputs[0], at["dim_ordering"])
    # (in, multiplier, rows, columns)
    pattern = INCOMING_FIRST[ordering]
    channels, multiplier, rows, columns = (operation.inputs[1].shape[axis] for axis in pattern)
    filters = (channels * multiplier, 1, rows, columns)
    result = conv2d(
        channels_first(x, ordering),
        kernel.dimshuffle(*pattern).reshape(filters),
        input_shape=x_shape,
        filter_shape=filters,
        border_mode=_padding(operation, x_shape[2:]),
        subsample=tuple(at["strides"]),
        filter_flip=False,
        num_groups=channels,
    )
    return as_given(result, ordering)


def _transposed(engine, operation, x, kernel):
    at = operation.attributes
    # (in, out, rows, columns): the kernel of the convolution that this is the gradient of
    pattern = INCOMING_FIRST[at["dim_ordering"]]
    filters = tuple(operation.inputs[1].shape[axis] for axis in pattern)
    result = conv2d_grad_wrt_inputs(
        channels_first(x, at["dim_ordering"]),
        kernel.dimshuffle(*pattern),
        input_shape=(None, filters[1]) + tuple(at["wanted"]),
        filter_shape=filters,
        border_mode=_padding(operation, at["wanted"]),
        subsample=tuple(at["strides"]),
        filter_flip=False,
    )
    return as_given(result, at["dim_ordering"])


def _of_volumes(engine, operation, x, kernel):
    at = operation.attributes
    ordering, kernel_shape = at["dim_ordering"], operation.inputs[1].shape
    x_shape = static_shape(operation.inputs[0], ordering)
    if ordering == "tf":
        kernel, kernel_shape = kernel.dimshuffle(4, 3, 0, 1, 2), tuple(kernel_shape[axis] for axis in (4, 3, 0, 1, 2))
    result = conv3d(
        channels_first(x, ordering),
        kernel,
        input_shape=x_shape,
        filter_shape=kernel_shape,
        border_mode=tuple(before for before, _ in _padding(operation, x_shape[2:])),
        subsample=tuple(at["strides"]),
        filter_flip=False,
        filter_dilation=tuple(at["dilation"]),
    )
    return as_given(result, ordering)


LOWERINGS = {"depthwise_conv2d": _depthwise, "deconv2d": _transposed, "conv3d": _of_volumes}
