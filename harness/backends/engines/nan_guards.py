"""Where an engine may leave out what it does for infinities and nan: it would cost some per cent of a training step."""

from harness.backends.graph.dtypes import FLOATS
from harness.backends.graph.traversal import schedule

SUMS = frozenset(("dot", "batched_dot", "convolution", "depthwise_conv2d"))
KEPT = frozenset(("pooling", "relu"))  # of sums they are as finite as those
RESHAPED = frozenset(("reshape", "expand_dims", "transpose"))


def is_finite_sum(tensor):
    """Whether a tensor is a product of matrices or a convolution, with a bias or not, pooled or not.

    It is finite unless it overflows, or something that it is made of is not.
    """
    finite = {}  # operation -> whether its result is; each is looked at once, however many ways lead to it
    for operation in schedule([tensor], _made_of):
        finite[operation] = operation.name in SUMS or _is_kept(operation, finite)
    return finite[tensor.operation]


def _made_of(operation):
    """What an operation's result is as finite as."""
    return operation.inputs if operation.name == "add" or operation.name in KEPT else ()


def _is_kept(operation, finite):
    """Whether an operation makes something finite of what is known to be."""
    sums = [each for each in _made_of(operation) if finite[each.operation]]
    return bool(sums) and all(each in sums or _is_weight(each) for each in operation.inputs)


def _is_weight(tensor):
    while tensor.operation.name in RESHAPED:
        tensor = tensor.operation.inputs[0]
    return tensor.operation.name == "variable"


def has_some_nan(argmax):
    """Whether there may be a nan beside other numbers along the axis of an argmax; a softmax is nan as a whole."""
    (x,) = argmax.inputs
    whole = x.operation.name == "softmax" and argmax.attributes["axis"] == x.ndim - 1
    return x.dtype in FLOATS and not whole
