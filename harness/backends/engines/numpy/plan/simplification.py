"""Rewrites of a program, once all gradients are in it: what is not needed goes, what is twice there stays once."""

import numpy as np

from harness.backends.engines.numpy.lowerings import LOWERINGS
from harness.backends.engines.numpy.plan.program import alive
from harness.backends.graph.primitive_table import ELEMENTWISE, RANDOM

# Nodes that give other numbers each time, or that others are not to be taken for.
UNIQUE = RANDOM | {"host", "loop", "input"}
FOLDED = ELEMENTWISE | {"reshape", "expand_dims", "squeeze", "transpose", "slice", "fill", "sum", "concatenate"}
FOLDED_ELEMENTS = 4096  # of a constant that is made of constants, at most
AS_IT_IS = frozenset(("identity", "stop_gradient", "to_dense"))


def simplified(nodes, results):
    """(nodes, results) that compute the same."""
    rewriting = Rewriting()
    for node in alive(nodes, results):
        rewriting.take(node)
    results = [rewriting.renewed(value) for value in results]
    return alive(rewriting.nodes, results), results


class Rewriting(object):
    """Goes through nodes in order; `instead` tells what stands for a value that went."""

    def __init__(self):
        self.nodes, self.instead, self.known = [], {}, {}

    def renewed(self, value):
        """What stands for a value."""
        return self.instead.get(value, value)

    def take(self, node):
        """Keeps a node, or lets another value stand for its output."""
        node.inputs = [self.renewed(value) for value in node.inputs]
        if node.name == "loop":
            simplify_body(node)
        other = None if node.name in UNIQUE else self.other(node)
        if other is None:
            self.nodes.append(node)
        else:
            self.instead.update(zip(node.outputs, other))

    def other(self, node):
        """The values that stand for the node's, None if it is needed."""
        if node.name in AS_IT_IS or unchanged(node):
            return [node.inputs[0]]
        same = times_one(node)
        if same is not None:
            return [same]
        fold(node)
        first = self.known.setdefault(key(node), node)
        return None if first is node else first.outputs


def simplify_body(node):
    """The same for the body of a loop."""
    body = node.attributes["body"]
    results = [value for value, _ in body.stacked] + [value for _, value in body.carried]
    nodes, renewed = simplified(body.program.nodes, results)
    body.program.nodes = nodes
    count = len(body.stacked)
    body.stacked = [(value, backwards) for value, (_, backwards) in zip(renewed, body.stacked)]
    body.carried = [(before, value) for value, (before, _) in zip(renewed[count:], body.carried)]


def unchanged(node):
    """Whether a node gives its first input as it is."""
    moved = (
        node.name in ("reshape", "cast", "spread")
        or node.name == "slice"
        and not any(isinstance(item, int) or (item.step or 1) < 0 for item in node.attributes["items"])
    )
    return moved and (node.outputs[0].shape, node.outputs[0].dtype) == (node.inputs[0].shape, node.inputs[0].dtype)


def times_one(node):
    """What a node multiplies with the number 1, None if it does not."""
    if node.name == "multiply" and node.outputs[0].dtype.kind == "f":
        for one, other in (node.inputs, node.inputs[::-1]):
            if one.number() == 1 and other.shape == node.outputs[0].shape:
                return other
    return None


def fold(node):
    """Makes a node a constant, if all of its inputs are."""
    small = node.outputs[0].size <= FOLDED_ELEMENTS
    if node.name not in FOLDED or not small or not all(value.node.name == "constant" for value in node.inputs):
        return
    with np.errstate(all="ignore"):
        arrays = [value.node.attributes["value"] for value in node.inputs]
        value = np.array(LOWERINGS[node.name](None, node.operation, *arrays), dtype=node.outputs[0].dtype, order="C")
    node.name, node.inputs, node.attributes = "constant", [], {"value": value}


def key(node):
    """Equal for nodes that compute the same."""
    if node.name == "constant":
        value = node.attributes["value"]
        return (node.name, value.dtype, value.shape, value.tobytes() if value.size <= FOLDED_ELEMENTS else id(value))
    if node.name in ("variable", "vjp"):
        return (node.name, node)
    return (
        node.name,
        tuple(node.inputs),
        len(node.outputs),
        node.outputs[0].shape,
        node.outputs[0].dtype,
        repr(sorted(node.attributes.items(), key=str)),
    )
