"""A program: the nodes that a plan computes, in order, with the sizes of one call.

A `Node` is a primitive, or one of the operations that only plans have (`passed`, `loop`, ...). A `Value` is one
of its outputs. Unlike a graph's operations nodes may be rewritten, until storage is assigned to their values.
"""

import numpy as np

from harness.backends.graph.nodes import Operation
from harness.backends.graph.shape_rules import broadcast, product

# Nodes whose result is another look at the memory of their first input.
VIEWS = frozenset(("identity", "stop_gradient", "to_dense", "expand_dims", "squeeze", "transpose", "slice", "spread"))
BOUND = frozenset(("input", "variable", "constant"))  # whose arrays are there before the first node is computed


class Value(object):
    """An array of the plan: its node, which of the node's outputs it is, its sizes and its dtype."""

    __slots__ = ("node", "index", "shape", "dtype")

    def __init__(self, node, index, shape, dtype):
        self.node, self.index, self.shape, self.dtype = node, index, tuple(shape), np.dtype(dtype)

    @property
    def size(self):
        """Number of elements."""
        return product(self.shape)

    @property
    def ndim(self):
        """Number of axes."""
        return len(self.shape)

    def number(self):
        """The number that a constant scalar holds, None for all others."""
        constant = self.node.name == "constant" and self.size == 1
        return self.node.attributes["value"].item() if constant else None

    def __repr__(self):
        return "<Value %s %s %s>" % (self.node.name, self.shape, self.dtype)


class Node(object):
    """What is computed.

    Attributes
    ----------
    name : str
    inputs : list of Value
    attributes : dict
    outputs : list of Value
    operation : Operation       what the plain lowering takes: of the graph, or one like it
    """

    __slots__ = ("name", "inputs", "attributes", "outputs", "operation")

    def __init__(self, name, inputs, attributes, specs, operation=None):
        self.name, self.inputs, self.attributes = name, list(inputs), attributes
        self.outputs = [Value(self, index, shape, dtype) for index, (shape, dtype) in enumerate(specs)]
        self.operation = operation or Operation(
            name, (), attributes, [(shape, np.dtype(dtype).name) for shape, dtype in specs]
        )

    def add_output(self, shape, dtype):
        """One more output."""
        self.outputs.append(Value(self, len(self.outputs), shape, dtype))
        return self.outputs[-1]

    def __repr__(self):
        return "<Node %s %s>" % (self.name, [value.shape for value in self.inputs])


class Program(object):
    """Nodes in an order in which they can be computed, and short ways to add more."""

    def __init__(self):
        self.nodes = []
        self.derived = set()  # nodes that a gradient has added

    def add(self, name, inputs, attributes, specs, operation=None):
        """The node's outputs."""
        node = Node(name, inputs, attributes, specs, operation)
        self.nodes.append(node)
        return node.outputs

    def one(self, name, inputs, shape, dtype, **attributes):
        """The one output of a node."""
        return self.add(name, inputs, attributes, [(shape, dtype)])[0]

    def constant(self, number, dtype):
        """A scalar."""
        return self.one("constant", (), (), dtype, value=np.array(number, dtype=dtype))

    def elementwise(self, name, *inputs):
        """A primitive of primitive_table whose result has the dtype of its last input."""
        shape = broadcast(name, *[value.shape for value in inputs])
        return self.one(name, inputs, shape, inputs[-1].dtype)

    def compare(self, name, x, y):
        """A comparison."""
        return self.one(name, (x, y), broadcast(name, x.shape, y.shape), "bool")

    def scaled(self, name, number, x):
        """`number` <name> x."""
        return self.elementwise(name, self.constant(number, x.dtype), x)

    def passed(self, chosen, x):
        """x where `chosen` is true, else 0, whatever x is there."""
        return self.elementwise("passed", chosen, x)

    def reshape(self, x, shape):
        """x in another shape."""
        if x.shape == tuple(shape):
            return x
        return self.add("reshape", (x,), {"shape": tuple(shape)}, [(shape, x.dtype)])[0]

    def transpose(self, x, pattern):
        """The axes of x in another order."""
        return self.one(
            "transpose", (x,), [x.shape[axis] for axis in pattern], x.dtype, pattern=tuple(int(a) for a in pattern)
        )

    def spread(self, x, shape):
        """x repeated along its axes of size 1 up to `shape`."""
        return x if x.shape == tuple(shape) else self.one("spread", (x,), shape, x.dtype)

    def sum(self, x, axes, keepdims=False):
        """The sum over axes."""
        shape = [1 if axis in axes else size for axis, size in enumerate(x.shape) if keepdims or axis not in axes]
        return self.one("sum", (x,), shape, x.dtype, axes=tuple(axes), keepdims=keepdims)

    def like(self, x, shape):
        """x summed over the axes along which something of `shape` was broadcast to it."""
        extra = x.ndim - len(shape)
        x = self.sum(x, range(extra)) if extra else x
        axes = [axis for axis, size in enumerate(shape) if size == 1 and x.shape[axis] != 1]
        return self.sum(x, axes, keepdims=True) if axes else x

    def dot(self, x, y):
        """The product of two matrices."""
        return self.one("dot", (x, y), (x.shape[0], y.shape[1]), x.dtype)

    def zeros(self, shape, dtype):
        """Nothing, in a shape."""
        return self.spread(self.reshape(self.constant(0, dtype), (1,) * len(shape)), shape)


def consumers(nodes):
    """Value -> nodes that take it, in order."""
    found = {}
    for node in nodes:
        for value in node.inputs:
            found.setdefault(value, []).append(node)
    return found


def alive(nodes, results):
    """The nodes that `results` need, in order."""
    needed = {value.node for value in results}
    kept = []
    for node in reversed(nodes):
        if node in needed:
            kept.append(node)
            needed.update(value.node for value in node.inputs)
    return kept[::-1]
