"""Where an engine may leave out what it does for infinities and nan: it would cost some per cent of a training step."""

from harness.backends.shapes import FLOATS

SUMS = frozenset(("dot", "batched_dot", "convolution", "depthwise_conv2d"))
KEPT = frozenset(("pooling", "relu"))  # of sums they are as finite as those
RESHAPED = frozenset(("reshape", "expand_dims", "transpose"))


def is_finite_sum(tensor):
    """Whether a tensor is a product of matrices or a convolution, with a bias or not, pooled or not.

    It is finite unless it overflows, or something that it is made of is not.
    """
    operation = tensor.operation
    if operation.name == "add":
        return any(map(is_finite_sum, operation.inputs)) and all(map(_is_part_of_layer, operation.inputs))
    return operation.name in SUMS or (operation.name in KEPT and is_finite_sum(operation.inputs[0]))


def _is_part_of_layer(tensor):
    return is_finite_sum(tensor) or _is_weight(tensor)


def _is_weight(tensor):
    operation = tensor.operation
    return operation.name == "variable" or (operation.name in RESHAPED and _is_weight(operation.inputs[0]))


def has_some_nan(argmax):
    """Whether there may be a nan beside other numbers along the axis of an argmax; a softmax is nan as a whole."""
    (x,) = argmax.inputs
    whole = x.operation.name == "softmax" and argmax.attributes["axis"] == x.ndim - 1
    return x.dtype in FLOATS and not whole
