"""Matrices that every step of a scan multiplies with: their gradient is one product over all time steps."""

from harness.backends.graph.traversal import schedule


def shared_factors(engine, body):
    """capture of a scan's body -> the product whose right factor it is, where that is its one use."""
    results = body.outputs + body.new_states
    uses = {tensor: [] for tensor in body.captures if tensor not in results}
    for operation in schedule(results, engine.children):
        for place, child in enumerate(engine.children(operation)):
            if child in uses:
                uses[child].append((operation, place))
    return {tensor: found[0][0] for tensor, found in uses.items() if len(found) == 1 and _is_factor(*found[0])}


def _is_factor(operation, place):
    """Whether an input is the right one of a product of two matrices."""
    return operation.name == "dot" and place == 1 and all(tensor.ndim == 2 for tensor in operation.inputs)
