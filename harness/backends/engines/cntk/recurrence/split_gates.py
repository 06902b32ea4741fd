"""Fused gates split before a recurrence is lowered.

A step that computes several gates in one product and slices them is slow in CNTK: a slice along the last axis copies
with strides, at every step, forward and backward (an LSTM step of 128 units takes twice as long with it). The rewrite
moves each slice up, through elementwise operations and products, to weights and to whole sequences, where it is
computed once: slice(x + h U) = slice(x) + h slice(U).
"""

from math import gcd

import numpy as np

from harness.backends.graph import primitive_table, primitives
from harness.backends.graph.nodes import Operation
from harness.backends.graph.traversal import schedule

ELEMENTWISE = primitive_table.ELEMENTWISE | {"clip", "relu"}
DEEPEST = 100  # operations that a slice is moved through; each is a call within a call


class Splitter(object):
    """The rewrite of one scan.

    Parameters
    ----------
    engine : Engine
    operation : Operation          the scan
    kept : container of Tensor     outer tensors that must be computed whole
    """

    def __init__(self, engine, operation, kept):
        self.engine, self.kept = engine, kept
        self.body = operation.attributes["body"]
        bound = self.body.sequences + self.body.states + self.body.captures
        self.outer = dict(zip(bound, operation.inputs))
        self.added = {"sequences": {}, "captures": {}}  # (placeholder, begin, end) -> (new placeholder, outer tensor)
        self.cuts = {}
        self.depth = 0  # operations that a slice is moved through at the moment

    def split(self):
        """(body, sequences, initial states, captures) of the scan with slices moved up."""
        body = self.body
        replacements = {}
        for node in schedule(body.outputs + body.new_states, self.engine.children):
            source, part = _last_axis_part(node)
            if part is not None:
                replacements[node.outputs[0]] = self.cut(source, *part)
        sequences, captures = self.added["sequences"].values(), self.added["captures"].values()
        renewed = body.rewritten(
            replacements,
            body.sequences + tuple(new for new, _ in sequences),
            body.captures + tuple(new for new, _ in captures),
        )
        return (
            renewed,
            [self.outer[tensor] for tensor in body.sequences] + [outer for _, outer in sequences],
            [self.outer[tensor] for tensor in body.states],
            [self.outer[tensor] for tensor in body.captures] + [outer for _, outer in captures],
        )

    def cut(self, tensor, begin, end):
        """The tensor that equals `tensor[..., begin:end]`, with the slice as far up as it goes."""
        key = (tensor, begin, end)
        if key not in self.cuts:
            self.depth += 1
            self.cuts[key] = self._cut(tensor, begin, end) if self.depth < DEEPEST else _sliced(tensor, begin, end)
            self.depth -= 1
        return self.cuts[key]

    def _cut(self, tensor, begin, end):
        operation = tensor.operation
        source, part = _last_axis_part(operation)
        if tensor in self.outer:
            return self._bound(tensor, begin, end)
        if tensor in self.kept:
            return _sliced(tensor, begin, end)
        if part is not None:
            return self.cut(source, part[0] + begin, part[0] + end)
        if operation.name == "constant":
            return primitives.constant(operation.attributes["value"][..., begin:end], tensor.dtype)
        if operation.name == "dot" and operation.inputs[1].ndim == 2:
            return primitives.dot(operation.inputs[0], self.cut(operation.inputs[1], begin, end))
        if self.engine.children(operation) is operation.expansion:
            return self.cut(operation.expansion[tensor.index], begin, end)
        sizes = [each.shape[-1] for each in operation.inputs if each.ndim]
        if operation.name in ELEMENTWISE and None not in sizes:
            return self._elementwise(operation, begin, end)
        return _sliced(tensor, begin, end)

    def _elementwise(self, operation, begin, end):
        """The operation on cut inputs; those with one element along the axis serve every part."""
        inputs = [
            each if each.ndim == 0 or each.shape[-1] == 1 else self.cut(each, begin, end) for each in operation.inputs
        ]
        output = operation.outputs[0]
        specs = [(output.shape[:-1] + (end - begin,), output.dtype)]
        return Operation(operation.name, inputs, operation.attributes, specs).outputs[0]

    def _bound(self, tensor, begin, end):
        """A part of what the body is bound to: a new sequence or capture; states are cut at each step."""
        for kind, group in (("sequences", self.body.sequences), ("captures", self.body.captures)):
            if tensor in group:
                shape = tensor.shape[:-1] + (end - begin,)
                fresh = primitives.placeholder(shape, tensor.dtype)
                self.added[kind][(tensor, begin, end)] = (fresh, self.cut(self.outer[tensor], begin, end))
                return fresh
        return _sliced(tensor, begin, end)


def _sliced(tensor, begin, end):
    """tensor[..., begin:end]; of a weight's matrix in pieces of rows, each copied whole."""
    if tensor.is_variable and tensor.ndim == 2:
        return _gathered(tensor, begin, end)
    whole = (slice(None),) * (tensor.ndim - 1)
    return primitives.slice_(tensor, whole + (slice(begin, end),))


def _gathered(matrix, begin, end):
    """matrix[:, begin:end], a row's piece at a time.

    One of (128, 128) of (128, 512) takes 0.04 ms with its gradient; as a slice, copied with strides, 0.13 alone and 0.4
    beside MKL's threads.
    """
    rows, columns = matrix.shape
    width = gcd(gcd(begin, end), columns)
    pieces = primitives.reshape(matrix, (-1, width))
    numbers = np.arange(rows * columns // width).reshape(rows, -1)[:, begin // width : end // width]
    picked = primitives.gather(pieces, primitives.constant(numbers.ravel(), "int32"))
    return primitives.reshape(picked, (rows, end - begin))


def _last_axis_part(operation):
    """(source, (begin, end)) of a slice that takes one range of the last axis; (None, None) of anything else."""
    if operation.name != "slice":
        return None, None
    source, items = operation.inputs[0], operation.attributes["items"]
    last = items[-1]
    whole = all(item == slice(None) for item in items[:-1])
    if not whole or not isinstance(last, slice) or source.shape[-1] is None:
        return None, None
    begin, end, step = last.indices(source.shape[-1])
    return (source, (begin, end)) if step == 1 and end > begin else (None, None)
