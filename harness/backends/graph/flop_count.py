"""The number of floating-point operations of a graph: a count over its primitives, the same for every engine.

A multiplication, an addition, a comparison and a function such as exp are one operation each; so a product that is
added to a sum is two. Composites are opened, a scan counts its body once for each time step. Moving numbers (reshape,
slice, gather, pad, cast, ...) is no arithmetic, and neither is what has no floats.

The backward pass is not in the graph: a `gradient` is counted as the vector-Jacobian products that it needs. Only
inputs between the loss and the sources get one; where gradients meet, and where a broadcast is undone, their additions
count.
"""

from harness.backends.errors import BackendError
from harness.backends.graph import primitive_table
from harness.backends.graph.dtypes import FLOATS
from harness.backends.graph.primitive_table import TABLE
from harness.backends.graph.shape_rules import product
from harness.backends.graph.traversal import depends_on, expanded, schedule

NO_ARITHMETIC = primitive_table.of_kind("leaf", "movement", "shaped")


class Uncountable(BackendError):
    """A graph whose operations cannot be counted before it runs."""


def count(tensors):
    """The operations that computing `tensors` takes, an int.

    Parameters
    ----------
    tensors : iterable of Tensor      every size known: give placeholders whole shapes
    Raises
    ------
    Uncountable                       a size is not known, or an operation is a program of its own
    """
    return sum(_forward(operation) for operation in schedule(tensors) if operation.expansion is None)


def _size(tensor):
    """Number of elements."""
    size = product(tensor.shape)
    if size is None:
        raise Uncountable(
            "a size is not known. Expected whole shapes. Received %r. Make the placeholders for one batch." % (tensor,)
        )
    return size


def _forward(operation):
    """The operations of one primitive."""
    name, result = operation.name, operation.outputs[0]
    if name == "gradient":
        return _back(operation.inputs[:1], operation.inputs[1:])
    if name == "scan":
        body = operation.attributes["body"]
        return _times(operation) * count(body.outputs + body.new_states)
    if name in NO_ARITHMETIC or not any(tensor.dtype in FLOATS for tensor in operation.inputs + operation.outputs):
        return 0
    kind = TABLE[name].kind
    if TABLE[name].elementwise or kind == "random":
        return _size(result)
    if kind in ("reduction", "search"):
        return _size(operation.inputs[0]) + (_size(result) if name == "mean" else 0)
    if kind in ("product", "window"):
        return _size(result) * _operations_each(operation)
    raise Uncountable("%s is a program of its own. Expected primitives. Received %r." % (name, operation))


def _operations_each(operation):
    """The operations behind one element of a contraction or a pooling; windows count whole, borders and all."""
    name, attributes = operation.name, operation.attributes
    if name == "pooling":
        return product(attributes["pool_size"])
    x, y = operation.inputs
    if name != "convolution":
        return 2 * _known(x.shape[-1], y.shape[-2])
    filters = 0 if attributes["dim_ordering"] == "th" else 3
    return 2 * product(y.shape[:filters] + y.shape[filters + 1 :])


def _known(one, other):
    """The size of an axis that two tensors share."""
    return other if one is None else one


def _times(scan):
    """How often the body of a scan runs."""
    times = scan.inputs[0].shape[1]
    if times is None:
        raise Uncountable("the number of time steps is not known. Expected whole shapes. Received %r." % (scan,))
    return times


def _back(targets, sources):
    """The operations of the gradients of `targets` with respect to `sources`."""
    reached = depends_on(targets, {tensor.operation for tensor in sources}, expanded)
    differentiated, total = set(targets), 0  # tensors whose gradient is there
    for operation in reversed(schedule(targets)):
        if operation not in reached or not differentiated.intersection(operation.outputs):
            continue
        for tensor, cost in _passed_on(operation, reached, differentiated):
            total += cost + (_size(tensor) if tensor in differentiated else 0)
            differentiated.add(tensor)
    return total


def _passed_on(operation, reached, differentiated):
    """(tensor, cost) of each gradient that an operation makes of those of its outputs."""
    if operation.expansion is not None:
        pairs = zip(operation.outputs, operation.expansion)
        return [(inner, 0) for outer, inner in pairs if outer in differentiated and inner.operation in reached]
    wanted = [index for index, tensor in enumerate(operation.inputs) if tensor.operation in reached]
    if operation.name == "scan" and wanted:
        total = _scan_back(operation, wanted, differentiated)
        costs = [(index, total if index == wanted[0] else 0) for index in wanted]
    else:
        costs = [(index, _product(operation, index)) for index in wanted]
    return [(operation.inputs[index], cost) for index, cost in costs if cost is not None]


def _product(operation, index):
    """The operations of the vector-Jacobian product for one input; None where no gradient flows."""
    name, tensor, result = operation.name, operation.inputs[index], operation.outputs[0]
    each = primitive_table.gradient_cost(name, index)
    if tensor.dtype not in FLOATS or each is None:
        return None
    if each == primitive_table.OF_BODY:
        raise Uncountable("no gradient is known through %s. Expected primitives. Received %r." % (name, operation))
    if each == primitive_table.AS_FORWARD:
        return _forward(operation)
    if TABLE[name].kind == "reduction" and name != "mean":
        return each * _size(tensor)
    undone = _size(result) if TABLE[name].elementwise and _size(result) != _size(tensor) else 0  # of a broadcast
    return each * _size(result) + undone


def _scan_back(scan, wanted, differentiated):
    """The operations of a scan's backward pass: the body's at each time step, and adding up the captures' gradients."""
    body = scan.attributes["body"]
    placeholders = body.sequences + body.states + body.captures
    states = range(len(body.sequences), len(body.sequences) + len(body.states))
    sources = [placeholders[index] for index in sorted(set(wanted).union(states))]
    emitted = [inner for outer, inner in zip(scan.outputs, body.outputs) if outer in differentiated]
    targets = emitted + list(body.new_states)
    captured = [placeholders[index] for index in wanted if index >= states.stop]
    times = _times(scan)
    return times * _back(targets, sources) + (times - 1) * sum(_size(tensor) for tensor in captured)
