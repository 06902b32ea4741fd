"""Walks over the graph: what tensors need, in which order, and the same computed from other tensors."""

from harness.backends.graph.nodes import Operation


def always_inputs(operation):
    """Children of an operation whose composites are not opened."""
    return operation.inputs


def expanded(operation):
    """Children of an operation: the expansion where there is one, else the inputs."""
    return operation.inputs if operation.expansion is None else operation.expansion


def everything(operation):
    """Children of an operation: its inputs and its expansion."""
    return operation.inputs + (operation.expansion or ())


def schedule(tensors, children=expanded, known=()):
    """Operations that `tensors` need, each after everything that it needs.

    Parameters
    ----------
    tensors : iterable of Tensor
    children : callable, Operation -> iterable of Tensor    what an operation is computed from
    known : container of Operation                          already computed: not opened, not returned
    Returns
    -------
    list of Operation
    """
    order, state = [], {}
    stack = [tensor.operation for tensor in reversed(list(tensors))]
    while stack:
        operation = stack[-1]
        if operation in known or state.get(operation) == "done":
            stack.pop()
        elif operation in state:
            stack.pop()
            state[operation] = "done"
            order.append(operation)
        else:
            state[operation] = "open"
            stack.extend(child.operation for child in children(operation) if child.operation not in state)
    return order


def depends_on(tensors, sources, children=always_inputs):
    """The set of operations among those `tensors` need that need a source or are one.

    Parameters
    ----------
    tensors : iterable of Tensor
    sources : container of Operation
    """
    dependent = set()
    for operation in schedule(tensors, children):
        if operation in sources or any(child.operation in dependent for child in children(operation)):
            dependent.add(operation)
    return dependent


def substitute(tensors, replacements, instead=lambda operation: None):
    """`tensors`, computed from other tensors: operations that need a replaced tensor are made anew.

    Parameters
    ----------
    tensors : sequence of Tensor
    replacements : dict, Tensor -> Tensor of the same shape and dtype
    instead : callable, Operation -> Tensor or None     one that the operation needs, and that stands for its output
    Returns
    -------
    tuple of Tensor
    """
    renewed = dict(replacements)
    sources = {tensor.operation for tensor in replacements}
    for operation in schedule(tensors, everything):
        other = instead(operation)
        if other is not None:
            renewed[operation.outputs[0]] = renewed.get(other, other)
        elif operation not in sources and any(child in renewed for child in everything(operation)):
            _renew(operation, renewed)
    return tuple(renewed.get(tensor, tensor) for tensor in tensors)


def _renew(operation, renewed):
    """Makes `operation` again on the renewed tensors and adds its outputs to them."""
    inputs = [renewed.get(tensor, tensor) for tensor in operation.inputs]
    expansion = operation.expansion and tuple(renewed.get(tensor, tensor) for tensor in operation.expansion)
    specs = [(tensor.shape, tensor.dtype) for tensor in operation.outputs]
    copy = Operation(operation.name, inputs, operation.attributes, specs, expansion)
    renewed.update(zip(operation.outputs, copy.outputs))
