"""Maximum pooling moved before a bias or a relu, which then work on fewer numbers.

Both keep the order of numbers, so the largest of a window is the same, and so is its gradient. What the graph also uses
otherwise (an output, a tensor that is differentiated by) stays where it is.
"""

from collections import Counter

from harness.backends.graph import composites, primitives
from harness.backends.graph.traversal import always_inputs, schedule, substitute


def simplified(outputs, updates):
    """(outputs, updates) of a function, computed so.

    Parameters
    ----------
    outputs : list of Tensor
    updates : list of (variable, Tensor)
    """
    variables, targets = [variable for variable, _ in updates], list(outputs) + [new for _, new in updates]
    replacements = _next(targets)
    while replacements:
        targets = substitute(targets, replacements)
        replacements = _next(targets)
    return list(targets[: len(outputs)]), list(zip(variables, targets[len(outputs) :]))


def _next(targets):
    """{the first pooling that may come earlier: what computes the same}, empty if none is left."""
    order = schedule(targets, always_inputs)
    uses = Counter(targets)
    for operation in order:
        uses.update(operation.inputs)
    for operation in order:
        if operation.name == "pooling" and _shrinks(operation):
            (x,) = operation.inputs
            earlier = _pooled(operation, x, uses)
            if earlier.operation.name != "pooling":
                return {operation.outputs[0]: earlier}
    return {}


def _shrinks(pooling):
    """Whether a pooling is one to the largest and leaves fewer numbers."""
    return pooling.attributes["pool_mode"] == "max" and max(pooling.attributes["strides"]) > 1


def _pooled(pooling, x, uses):
    """`x` pooled, as early as may be."""
    behind = []
    while uses[x] == 1:
        moved = _moved(x, pooling.attributes["dim_ordering"])
        if moved is None:
            break
        x, again = moved
        behind.append(again)
    pooled = primitives.pooling(x, **pooling.attributes)
    for again in reversed(behind):
        pooled = again(pooled)
    return pooled


def _moved(x, dim_ordering):
    """(what x is made of, how to make it of that pooled); None if a pooling may not come before it."""
    operation = x.operation
    if operation.name == "relu" and _keeps_order(operation):
        return operation.inputs[0], lambda pooled: composites.relu(pooled, operation.attributes["alpha"])
    for image, bias in (operation.inputs, operation.inputs[::-1]) if operation.name == "add" else ():
        if image.shape == x.shape and _is_bias(bias, dim_ordering):
            return image, lambda pooled, bias=bias: primitives.binary("add", pooled, bias)
    return None


def _keeps_order(relu):
    return relu.attributes["alpha"] >= 0 and relu.attributes["max_value"] is None


def _is_bias(tensor, dim_ordering):
    """Whether a tensor adds one number to all places of a channel."""
    spatial = (-2, -1) if dim_ordering == "th" else (-3, -2)
    return all(tensor.ndim < -axis or tensor.shape[axis] == 1 for axis in spatial)
