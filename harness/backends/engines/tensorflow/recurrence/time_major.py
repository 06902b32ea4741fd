"""Sequences with time as their first axis, computed so from their first rows on.

A scan cuts its sequences into time steps. Time first, these are views of one array, and their gradients are joined
once, for the sequence and for the matrix that every step multiplies with; batch first both would be copied.
"""

import tensorflow as tf


def exchanged(native):
    """Axes 0 and 1 exchanged; its own inverse."""
    return tf.transpose(native, [1, 0] + list(range(2, len(native.shape))))


class TimeFirst(object):
    """Makes natives, time first, of tensors (batch, time, ...).

    Parameters
    ----------
    engine : Engine
    tensors : list of Tensor             the results of all that is computed
    operations : list of Operation       what they need, in order
    values : dict                        Operation -> natives, of all that is lowered so far
    """

    def __init__(self, engine, tensors, operations, values):
        self.engine, self.values = engine, values
        self.kept = self.wanted_as_they_are(tensors, operations)
        self.made = {}  # tensor -> its native, time first

    def wanted_as_they_are(self, tensors, operations):
        """Tensors that others than scans use too, or rows that such a tensor is made of: they are not made twice."""
        wanted, sized = set(tensors), set()  # sized: only whose size a fill looks at
        for operation in reversed(operations):
            if operation.name == "fill" or (operation.name == "slice" and sized.issuperset(operation.outputs)):
                sized.update(operation.inputs)
            elif operation.name != "scan" and (wanted.intersection(operation.outputs) or _rows(operation) is None):
                wanted.update(self.engine.children(operation))
        return wanted

    def native(self, tensor):
        """The native of `tensor`, (time, batch, ...)."""
        lacking, needed = [], tensor
        while needed is not None and needed not in self.made:
            lacking.append(needed)
            needed = self.rows(needed)
        for each in reversed(lacking):
            self.made[each] = self.make(each)
        return self.made[tensor]

    def rows(self, tensor):
        """What has to be there time first before `tensor` can be made so, None if nothing."""
        return None if tensor in self.kept else _rows(tensor.operation)

    def make(self, tensor):
        """See `native`."""
        operation, rows = tensor.operation, self.rows(tensor)
        if rows is None:
            return exchanged(self.values[operation][tensor.index])
        natives = [
            self.made[each] if each is rows else self.values[each.operation][each.index] for each in operation.inputs
        ]
        return self.engine.lowerings[operation.name](self.engine, operation, *natives)


def _rows(operation):
    """The input of which an operation works on each row, (batch, time), alone; None if there is none."""
    inputs, ndim = operation.inputs, operation.outputs[0].ndim
    if operation.name == "dot" and inputs[0].ndim == 3 and inputs[1].ndim == 2:
        return inputs[0]
    if operation.name == "add" and ndim > 2:
        return next((one for one, other in (inputs, inputs[::-1]) if one.ndim == ndim and other.ndim <= 1), None)
    if operation.name == "gather" and inputs[1].ndim == 2:
        return inputs[1]
    return None
