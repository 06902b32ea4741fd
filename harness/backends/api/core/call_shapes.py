"""Checks of the sizes of a call: sizes that were unknown go through the graph's shape rules again.

So every backend refuses the same calls with the same message, before it computes anything.
"""

from harness.backends.api.arguments import checks
from harness.backends.api.conv import windows
from harness.backends.engines.numpy.sized_graph import Graph
from harness.backends.errors import ShapeMismatch
from harness.backends.graph import primitives
from harness.backends.graph.traversal import expanded, schedule


def are_open(tensors):
    """Whether the graph of `tensors` leaves a size to its calls, or a mistake: what has no elements."""
    shapes = [tensor.shape for operation in schedule(tensors, expanded) for tensor in operation.outputs]
    return any(None in shape or 0 in shape for shape in shapes)


def check(inputs, shapes, outputs, updates):
    """Raises ShapeMismatch unless a graph can be computed with arrays of these shapes.

    Parameters
    ----------
    inputs : list of Tensor                 placeholders
    shapes : sequence of tuple              one for each of them
    outputs : list of Tensor
    updates : list of (variable, Tensor)
    """
    graph = CheckedGraph({tensor: primitives.placeholder(shape, tensor.dtype) for tensor, shape in zip(inputs, shapes)})
    graph.sized(outputs)
    for (variable, _), new in zip(updates, graph.sized([new for _, new in updates])):
        if new.shape != variable.shape and None not in new.shape:
            raise ShapeMismatch(
                "update: shapes differ. Expected the variable's %s. Received %s." % (variable.shape, new.shape)
            )


def _check_reduced(operation, x):
    """Raises ShapeMismatch if there is nothing to reduce."""
    at = operation.attributes
    checks.filled(operation.name, x, at["axes"] if "axes" in at else (at["axis"],))


# Operations that fail for sizes which their rule allows, or are made of operations which those sizes fit.
CHECKS = {"conv3d": windows.check_volumes, **dict.fromkeys(("max", "min", "argmax"), _check_reduced)}


class CheckedGraph(Graph):
    """A graph whose operations are checked as the API checks them."""

    checks = CHECKS
