"""From the graph of a function and the shapes of a call to a program."""

import numpy as np

from harness.backends.engines.numpy.plan.derivatives import Differentiation
from harness.backends.engines.numpy.plan.loops import Body, add_loop
from harness.backends.engines.numpy.plan.program import Program
from harness.backends.engines.numpy.sized_graph import Graph
from harness.backends.graph import primitives
from harness.backends.graph.traversal import expanded, schedule


class Unplannable(Exception):
    """A size follows from numbers that only the call itself computes."""


def build(inputs, shapes, targets):
    """(program, its values for `inputs`, those for `targets`).

    Raises
    ------
    Unplannable     a size is not known
    """
    sizes = Graph({tensor: primitives.placeholder(shape, tensor.dtype) for tensor, shape in zip(inputs, shapes)})
    sizes.sized(targets)
    builder = Builder(Program(), sizes)
    given = [
        builder.given(tensor, builder.program.one("input", (), shape, tensor.dtype))
        for tensor, shape in zip(inputs, shapes)
    ]
    return builder.program, given, builder.values(targets)


class Builder(object):
    """Adds a graph to a program, operation by operation.

    Attributes
    ----------
    program : Program
    sizes : Graph                      with the sizes of the call
    found : dict, Tensor -> Value
    """

    def __init__(self, program, sizes):
        self.program, self.sizes, self.found = program, sizes, {}

    def given(self, tensor, value):
        """Lets `value` stand for a tensor."""
        self.found[tensor] = value
        return value

    def values(self, tensors):
        """The values of tensors."""
        known = {tensor.operation for tensor in self.found}
        for operation in schedule(tensors, expanded, known=known):
            self.found.update(zip(operation.outputs, self.made(operation)))
        return [self.found[tensor] for tensor in tensors]

    def made(self, operation):
        """The values of an operation's outputs."""
        if operation.expansion is not None:
            return [self.alike(self.found[tensor]) for tensor in operation.expansion]
        inputs = [self.found[tensor] for tensor in operation.inputs]
        if operation.name == "gradient":
            return self.gradient(inputs[0], inputs[1:])
        if operation.name == "scan":
            return self.scan(operation, inputs)
        specs = [(self.shape(tensor), tensor.dtype) for tensor in operation.outputs]
        if operation.name in ("fill", "count", "sizes"):
            return [self.of_sizes(operation, inputs, *specs[0])]
        return self.program.add(operation.name, inputs, operation.attributes, specs, operation)

    def of_sizes(self, operation, inputs, shape, dtype):
        """What follows from the sizes alone: a constant."""
        if operation.name == "fill":
            number = self.program.constant(operation.attributes["value"], dtype)
            return self.program.spread(self.program.reshape(number, (1,) * len(shape)), shape)
        numbers = np.arange(*shape) if operation.name == "count" else inputs[0].shape
        return self.program.one("constant", (), shape, dtype, value=np.array(numbers, dtype=dtype))

    def alike(self, value):
        """The value of a composite, which gradients tell from that of its expansion."""
        return self.program.one("identity", (value,), value.shape, value.dtype)

    def shape(self, tensor):
        """The sizes of a tensor."""
        shape = self.sizes.found.get(tensor, tensor).shape
        if None in shape:
            raise Unplannable("%r has a size that follows from numbers" % (tensor,))
        return shape

    def gradient(self, loss, wrt):
        """The gradients of sum(loss)."""
        before = len(self.program.nodes)
        differentiation = Differentiation(self.program, self.program, wrt)
        one = self.program.reshape(self.program.constant(1, loss.dtype), (1,) * loss.ndim)
        differentiation.flow(loss, self.program.spread(one, loss.shape))
        differentiation.run()
        found = [
            self.alike(differentiation.total(value) or self.program.zeros(value.shape, value.dtype)) for value in wrt
        ]
        self.program.derived.update(self.program.nodes[before:])
        return found

    def scan(self, operation, inputs):
        """A loop with the body of a scan."""
        body, graph = operation.attributes["body"], self.sized_body(operation)
        builder = Builder(Program(), graph)
        loop = Body(builder.program)
        given = [
            [builder.given(tensor, loop.placeholder(builder.shape(tensor), tensor.dtype)) for tensor in tensors]
            for tensors in (body.sequences, body.states, body.captures)
        ]
        results = builder.values(body.outputs + body.new_states)
        count = len(body.outputs)
        loop.sequences = [(value, operation.attributes["go_backwards"]) for value in given[0]]
        loop.carried = list(zip(given[1], results[count:]))
        loop.captures = given[2]
        loop.stacked = [(value, False) for value in results[:count]]
        ends = [len(body.sequences), len(body.sequences) + len(body.states)]
        parts = inputs[: ends[0]], inputs[ends[0] : ends[1]], inputs[ends[1] :]
        node = add_loop(self.program, loop, inputs[0].shape[1], *parts)
        return node.outputs

    def sized_body(self, operation):
        """The graph of one time step of a scan, sized."""
        sized = [self.sizes.found.get(tensor, tensor) for tensor in operation.inputs]
        body = operation.attributes["body"]
        _, inner = self.sizes.step(operation, sized)
        inner.sized(body.outputs + body.new_states)
        return inner
