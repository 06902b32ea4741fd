"""The graph that K builds: operations, and the tensors they yield.

An `Operation` is a node: a name, input tensors, attributes, and one output or several. A `Tensor` is one output of
one operation. Both are made once and not changed; only attributes of the user's own may be set on a tensor, as model
libraries do (`_keras_shape`). Leaves are the operations `placeholder`, `variable` and `constant`.

A composite operation carries its `expansion`: the tensors, built of other operations on the same inputs, that it
stands for. An engine that knows the composite by name may compute it natively; any other computes the expansion.
"""

import itertools


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


class Tensor(object):
    """One output of an operation: a symbolic array of known rank and dtype. Its operators are those of operators.py.

    Attributes
    ----------
    operation : Operation
    index : int             which of the operation's outputs
    shape : tuple           ints, None where the size is known only when the graph runs
    dtype : str             one of dtypes.DTYPES
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
