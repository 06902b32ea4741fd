"""A graph with the sizes of one call: sizes that were unknown go through the graph's shape rules again."""

import numpy as np

from harness.backends.engines.numpy.lowerings import computed
from harness.backends.errors import ShapeMismatch
from harness.backends.graph import primitive_table, primitives
from harness.backends.graph.dtypes import FLOATS
from harness.backends.graph.dynamic_sizes import NumberOf
from harness.backends.graph.nodes import Operation
from harness.backends.graph.traversal import expanded, schedule

LONGEST = 64  # elements of what is counted with: shapes, and numbers made of sizes
# What sizes are computed with; rows by number are left to the call, as a number may be none of them.
COUNTED = (primitive_table.ELEMENTWISE | primitive_table.of_kind("reduction", "movement")) - {"gather"}


class Graph(object):
    """A graph with the sizes of a call.

    Attributes
    ----------
    found : dict, Tensor -> a tensor with its sizes
    values : dict, Tensor -> array      integers that follow from sizes
    checks : dict, name of an operation -> check of (operation, *inputs), beyond its rule
    """

    checks = {}

    def __init__(self, found, values=()):
        self.found, self.values = dict(found), dict(values)

    def sized(self, tensors):
        """Tensors with the sizes of `tensors`."""
        for operation in schedule(tensors, expanded):
            if operation.outputs[0] not in self.found:
                self.found.update(zip(operation.outputs, self.outputs(operation)))
                self.count(operation)
        return [self.found[tensor] for tensor in tensors]

    def outputs(self, operation):
        """Tensors with the sizes of an operation's outputs."""
        inputs = [self.found.get(tensor, tensor) for tensor in operation.inputs]
        if operation.name in self.checks:
            self.checks[operation.name](operation, *inputs)
        if operation.expansion is not None:
            return [self.found[tensor] for tensor in operation.expansion]
        if operation.name == "scan":
            return self.scan(operation, inputs)
        numbers = [size for size in operation.attributes.get("shape", ()) if isinstance(size, NumberOf)]
        if not numbers and all(one.shape == other.shape for one, other in zip(inputs, operation.inputs)):
            return operation.outputs
        made = RULES.get(operation.name, _elementwise)(
            operation, inputs, dict(operation.attributes, **self.shape(operation))
        )
        return made if isinstance(made, (list, tuple)) else [made]

    def shape(self, operation):
        """The shape attribute of an operation with the numbers that are known."""
        if "shape" not in operation.attributes:
            return {}
        return {"shape": tuple(self.size(operation, size) for size in operation.attributes["shape"])}

    def size(self, operation, size):
        """An entry of a shape attribute, an int if it is a number that is known."""
        if not isinstance(size, NumberOf) or operation.inputs[size.source] not in self.values:
            return size
        number = int(self.values[operation.inputs[size.source]])
        if number < 0 and operation.name != "count":
            raise ShapeMismatch("%s: a size is negative. Expected 0 or more. Received %d." % (operation.name, number))
        return max(number, 0)

    def scan(self, operation, inputs):
        """Those of a scan, whose body has the sizes of one time step."""
        if all(one.shape == other.shape for one, other in zip(inputs, operation.inputs)):
            return operation.outputs
        body = operation.attributes["body"]
        parts, inner = self.step(operation, inputs)
        outputs, states = inner.sized(body.outputs), inner.sized(body.new_states)
        for before, after in zip(parts[1], states):
            if after.shape != before.shape and None not in after.shape + before.shape:
                raise ShapeMismatch(
                    "rnn: the step changes the shape of a state. Expected %s. Received %s."
                    % (before.shape, after.shape)
                )
        sized = primitives.Body(*parts, tuple(outputs), tuple(states))
        sources = [inputs[begin:end] for begin, end in _parts(body)]
        return primitives.scan(sized, *sources, operation.attributes["go_backwards"])

    def step(self, operation, inputs):
        """(placeholders of sequences, states and captures, graph of one time step) of a scan over `inputs`."""
        body = operation.attributes["body"]
        count, bound = len(body.sequences), body.sequences + body.states + body.captures
        shapes = [each.shape[:1] + each.shape[2:] for each in inputs[:count]] + [each.shape for each in inputs[count:]]
        values = {one: self.values[other] for one, other in zip(bound, operation.inputs) if other in self.values}
        placed = [primitives.placeholder(shape, tensor.dtype) for tensor, shape in zip(bound, shapes)]
        return [tuple(placed[begin:end]) for begin, end in _parts(body)], type(self)(zip(bound, placed), values)

    def count(self, operation):
        """Notes the values of outputs that follow from sizes."""
        for tensor, inner in zip(operation.outputs, operation.expansion or ()):
            if inner in self.values:
                self.values[tensor] = self.values[inner]
        value = None if operation.expansion else self.value(operation)
        if value is not None:
            self.values[operation.outputs[0]] = value

    def value(self, operation):
        """The array that an operation's output is, if it follows from sizes and is not large."""
        tensor = operation.outputs[0]
        if tensor.dtype in FLOATS:
            return None
        if operation.name == "constant":
            value = operation.attributes["value"]
            return value if value.size <= LONGEST else None
        if operation.name == "sizes":
            shape = self.found[operation.inputs[0]].shape
            return None if None in shape else np.array(shape, tensor.dtype)
        if operation.name not in COUNTED or not all(each in self.values for each in operation.inputs):
            return None
        value = computed(operation, [self.values[each] for each in operation.inputs])
        return value if value.size <= LONGEST else None


def _parts(body):
    """(begin, end) of sequences, states and captures among the inputs of a scan."""
    ends = np.cumsum([0, len(body.sequences), len(body.states), len(body.captures)])
    return list(zip(ends[:-1], ends[1:]))


def _elementwise(operation, inputs, at):
    """The rule of the operations that have no other attributes."""
    name = operation.name
    if name in primitive_table.UNARY:
        return primitives.unary(name, *inputs)
    if name in primitive_table.BINARY:
        return primitives.binary(name, *inputs)
    if name in primitive_table.COMPARISONS:
        return primitives.comparison(name, *inputs)
    return getattr(primitives, name)(*inputs, **at)


# What an operation's rule takes; that of any other takes its inputs and its attributes by name.
RULES = {
    **{
        name: lambda operation, inputs, at: primitives.reduction(operation.name, *inputs, at["axes"], at["keepdims"])
        for name in primitive_table.REDUCTIONS
    },
    "slice": lambda operation, inputs, at: primitives.slice_(*inputs, at["items"]),
    "concatenate": lambda operation, inputs, at: primitives.concatenate(inputs, at["axis"]),
    "reshape": lambda operation, inputs, at: primitives.reshape(inputs[0], at["shape"], inputs[1:]),
    "fill": lambda operation, inputs, at: primitives.fill(
        tuple(inputs), at["shape"], at["value"], operation.outputs[0].dtype
    ),
    "count": lambda operation, inputs, at: primitives.count(tuple(inputs), at["shape"][0]),
    **{
        name: lambda operation, inputs, at: getattr(primitives, operation.name)(
            tuple(inputs), dtype=operation.outputs[0].dtype, **at
        )
        for name in primitive_table.RANDOM
    },
    "host": lambda operation, inputs, at: primitives.host(
        at["function"], inputs, list(zip(at["shapes"], [each.dtype for each in operation.outputs])), at["label"]
    ),
    "gradient": lambda operation, inputs, at: (
        Operation("gradient", inputs, at, [(each.shape, each.dtype) for each in inputs[1:]]).outputs
    ),
}
