"""Convolutions that K makes of others, and that Theano has operations for: of each channel, transposed, of volumes."""

from theano.tensor.nnet import conv2d, conv3d
from theano.tensor.nnet.abstract_conv import conv2d_grad_wrt_inputs

from harness.backends.shapes import same_padding

TO_FIRST = (0, 3, 1, 2)
TO_LAST = (0, 2, 3, 1)
VOLUME_TO_FIRST = (0, 4, 1, 2, 3)
VOLUME_TO_LAST = (0, 2, 3, 4, 1)


def accepted(operation):
    """Whether Theano computes what a composite asks for: sizes of space known, padding that it adds by itself."""
    at, (x, kernel) = operation.attributes, operation.inputs
    first = 2 if at["dim_ordering"] == "th" else 1
    spatial = x.shape[first : first + x.ndim - 2]
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
    last = at["dim_ordering"] == "tf"
    x_shape, kernel_shape = operation.inputs[0].shape, operation.inputs[1].shape
    if last:
        x, x_shape = x.dimshuffle(*TO_FIRST), tuple(x_shape[axis] for axis in TO_FIRST)
    # (in, multiplier, rows, columns)
    pattern = (2, 3, 0, 1) if last else (1, 0, 2, 3)
    channels, multiplier, rows, columns = (kernel_shape[axis] for axis in pattern)
    filters = (channels * multiplier, 1, rows, columns)
    result = conv2d(
        x,
        kernel.dimshuffle(*pattern).reshape(filters),
        input_shape=x_shape,
        filter_shape=filters,
        border_mode=_padding(operation, x_shape[2:]),
        subsample=tuple(at["strides"]),
        filter_flip=False,
        num_groups=channels,
    )
    return result.dimshuffle(*TO_LAST) if last else result


def _transposed(engine, operation, x, kernel):
    at = operation.attributes
    last = at["dim_ordering"] == "tf"
    x = x.dimshuffle(*TO_FIRST) if last else x
    # (in, out, rows, columns): the kernel of the convolution that this is the gradient of
    pattern = (2, 3, 0, 1) if last else (1, 0, 2, 3)
    filters = tuple(operation.inputs[1].shape[axis] for axis in pattern)
    result = conv2d_grad_wrt_inputs(
        x,
        kernel.dimshuffle(*pattern),
        input_shape=(None, filters[1]) + tuple(at["wanted"]),
        filter_shape=filters,
        border_mode=_padding(operation, at["wanted"]),
        subsample=tuple(at["strides"]),
        filter_flip=False,
    )
    return result.dimshuffle(*TO_LAST) if last else result


def _of_volumes(engine, operation, x, kernel):
    at = operation.attributes
    last = at["dim_ordering"] == "tf"
    x_shape, kernel_shape = operation.inputs[0].shape, operation.inputs[1].shape
    if last:
        x, x_shape = x.dimshuffle(*VOLUME_TO_FIRST), tuple(x_shape[axis] for axis in VOLUME_TO_FIRST)
        kernel, kernel_shape = kernel.dimshuffle(4, 3, 0, 1, 2), tuple(kernel_shape[axis] for axis in (4, 3, 0, 1, 2))
    result = conv3d(
        x,
        kernel,
        input_shape=x_shape,
        filter_shape=kernel_shape,
        border_mode=tuple(before for before, _ in _padding(operation, x_shape[2:])),
        subsample=tuple(at["strides"]),
        filter_flip=False,
        filter_dilation=tuple(at["dilation"]),
    )
    return result.dimshuffle(*VOLUME_TO_LAST) if last else result


LOWERINGS = {"depthwise_conv2d": _depthwise, "deconv2d": _transposed, "conv3d": _of_volumes}
