"""The graph that K builds: operations, the tensors they yield, and the walks over them.

An `Operation` is a node: a name, input tensors, attributes, and one output or several. A `Tensor` is one output of
one operation. Both are made once and not changed; only attributes of the user's own may be set on a tensor, as model
libraries do (`_keras_shape`). Leaves are the operations `placeholder`, `variable` and `constant`.

A composite operation carries its `expansion`: the tensors, built of other operations on the same inputs, that it
stands for. An engine that knows the composite by name may compute it natively; any other computes the expansion.
"""

import itertools

from harness.backends.graph.tensor_operators import TensorOperators

DTYPES = ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool")


class Operation(object):
    """A node: what is computed, from what, and the shape and dtype of each output.

    Attributes
    ----------
    name : str              a primitive of primitives.py or a composite of the API
    inputs : tuple of Tensor
    attributes : dict       plain values and, for `scan`, the body; never changed, but that an engine takes the first
                            `value` of a variable away
    outputs : tuple of Tensor
    expansion : tuple of Tensor or None     composites only: same length, shapes and dtypes as `outputs`
    serial : int            order of making
    """

    serials = itertools.count()

    def __init__(self, name, inputs, attributes, specs, expansion=None, label=None):
        self.name = name
        self.inputs = tuple(inputs)
        self.attributes = dict(attributes)
        self.expansion = expansion
        self.serial = next(self.serials)
        self.outputs = tuple(Tensor(self, index, shape, dtype, label) for index, (shape, dtype) in enumerate(specs))

    def __repr__(self):
        return "<Operation %s%r>" % (self.name, [tensor.shape for tensor in self.inputs])


class Tensor(TensorOperators):
    """One output of an operation: a symbolic array of known rank and dtype.

    Attributes
    ----------
    operation : Operation
    index : int             which of the operation's outputs
    shape : tuple           ints, None where the size is known only when the graph runs
    dtype : str             one of DTYPES
    name : str or None      given by the user
    """

    def __init__(self, operation, index, shape, dtype, name=None):
        self.operation = operation
        self.index = index
        self.shape = tuple(shape)
        self.dtype = dtype
        self.name = name

    @property
    def ndim(self):
        """Number of axes."""
        return len(self.shape)

    @property
    def is_variable(self):
        """Whether the tensor is state that `set_value` and updates may change."""
        return self.operation.name == "variable"

    @property
    def is_sparse(self):
        """Whether the tensor was made as one that is mostly zeros; what is computed from it is dense."""
        return self.operation.attributes.get("sparse", False)

    def __repr__(self):
        label = " %r" % self.name if self.name else ""
        return "<Tensor %s%s shape=%s dtype=%s>" % (self.operation.name, label, self.shape, self.dtype)


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
