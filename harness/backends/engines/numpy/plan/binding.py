"""From a program with storage to calls: each a function of no arguments over arrays that are there already."""

import functools

import numpy as np

from harness.backends.engines.contract import MANY
from harness.backends.engines.numpy.lowerings import LOWERINGS
from harness.backends.engines.numpy.plan import elementwise
from harness.backends.engines.numpy.plan.stages import blocks
from harness.backends.graph.shape_rules import product

KERNELS = {}  # name of a node -> (binder, node) -> list of calls, None where the plain lowering is to compute it
SCRATCH = {}  # name of a node -> bytes that its kernel needs meanwhile


def kernel(name, scratch=None):
    """Registers a kernel."""

    def register(function):
        KERNELS[name] = function
        if scratch is not None:
            SCRATCH[name] = scratch
        return function

    return register


def needs(node):
    """Bytes that a node's kernel needs while it runs."""
    return SCRATCH[node.name](node) if node.name in SCRATCH else 0


LOOKS = {
    "expand_dims": lambda node, x: np.expand_dims(x, node.attributes["axis"]),
    "squeeze": lambda node, x: x.reshape(node.outputs[0].shape),
    "transpose": lambda node, x: np.transpose(x, node.attributes["pattern"]),
    "slice": lambda node, x: x[tuple(node.attributes["items"]) + (Ellipsis,)],
    "spread": lambda node, x: np.broadcast_to(x, node.outputs[0].shape),
    "reshape": lambda node, x: x.reshape(node.outputs[0].shape),
}


class Binder(object):
    """Makes the calls of a program.

    Attributes
    ----------
    engine : Engine
    storage : Storage
    memory : array of bytes, as large as the storage asks
    arrays : dict, Value -> array      those given from outside, and all that were made of the memory
    """

    def __init__(self, engine, storage, memory, arrays):
        self.engine, self.storage, self.memory, self.arrays = engine, storage, memory, arrays

    def array(self, value):
        """The array of a value."""
        if value not in self.arrays:
            self.arrays[value] = self.made(value)
        return self.arrays[value]

    def made(self, value):
        """See array."""
        node = value.node
        if node.name == "constant":
            return np.ascontiguousarray(node.attributes["value"]).reshape(value.shape)
        if node.name == "variable":
            return self.engine.current(node.operation)
        if value in self.storage.looks:
            base = self.array(node.inputs[0])
            return LOOKS[node.name](node, base) if node.name in LOOKS else base
        if value in self.storage.hosts:
            host, items = self.storage.hosts[value]
            return self.array(host)[items]
        return self.piece(self.storage.offsets[value], value.shape, value.dtype)

    def piece(self, begin, shape, dtype):
        """An array in the memory."""
        size = product(shape)
        if not size:
            return np.empty(shape, dtype)
        return self.memory[begin : begin + size * dtype.itemsize].view(dtype).reshape(shape)

    def scratch(self, node):
        """Offset of what a node's kernel needs meanwhile."""
        return self.storage.scratch.get(node, 0)

    def calls(self):
        """The calls of all stages."""
        made = []
        for stage in self.storage.stages:
            made += self.blockwise(stage) if stage.is_blockwise else self.single(stage.nodes[0])
        return made

    def single(self, node):
        """The calls of a node."""
        if node.outputs[0] in self.storage.looks or node.name in ("input", "variable", "constant"):
            return []
        found = None
        if node.name in elementwise.FUNCTIONS:
            if elementwise.is_large(node):
                return self.blockwise_of([node], {})
            return [elementwise.call(node.name, [self.array(v) for v in node.inputs], self.array(node.outputs[0]))]
        if node.name in KERNELS:
            found = KERNELS[node.name](self, node)
        return [self.plain(node)] if found is None else found

    def plain(self, node):
        """The plain lowering, its results copied to where they belong."""
        if node.name in LOOKS:
            x, out = self.array(node.inputs[0]), self.array(node.outputs[0])
            if node.name == "reshape":
                return functools.partial(reshaped, x, out)
            return functools.partial(np.copyto, out, LOOKS[node.name](node, x))
        lowering, inputs = LOWERINGS[node.name], [self.array(value) for value in node.inputs]
        outputs, many = [self.array(value) for value in node.outputs], node.name in MANY

        def run():
            found = lowering(self.engine, node.operation, *inputs)
            for out, array in zip(outputs, found if many else [found]):
                if np.shape(array) != out.shape:
                    raise ValueError(
                        "%s: sizes differ. Expected %s. Received %s." % (node.name, out.shape, np.shape(array))
                    )
                np.copyto(out, array, casting="unsafe")

        return run

    def blockwise(self, stage):
        """The calls of a stage, block by block."""
        inside = {
            key[1]: begin for key, begin in self.storage.scratch.items() if isinstance(key, tuple) and key[0] is stage
        }
        return self.blockwise_of(stage.nodes, inside)

    def blockwise_of(self, nodes, inside):
        """The calls of elementwise nodes over one shape, block by block."""
        shape = nodes[0].outputs[0].shape
        known = {
            value: self.array(value) for node in nodes for value in node.inputs + node.outputs if value not in inside
        }
        flat = as_lines(known, shape)
        if flat is not None:
            known, shape = flat, (int(np.prod(shape, dtype=np.int64)),)
        calls = []
        for begin, end in blocks(shape):
            block = {value: part(array, shape, begin, end) for value, array in known.items()}
            for value, offset in inside.items():
                block[value] = self.piece(offset, (end - begin,) + tuple(shape[1:]), value.dtype)
            for node in nodes:
                calls.append(elementwise.call(node.name, [block[v] for v in node.inputs], block[node.outputs[0]]))
        return calls


def reshaped(x, out):
    """Copies x, in its own order, to something of another shape."""
    np.copyto(out, x.reshape(out.shape))


def as_lines(arrays, shape):
    """The arrays with one axis, None unless each is of `shape` and in one piece, or a number."""
    found = {}
    for value, array in arrays.items():
        if array.size == 1:
            found[value] = array.reshape(())
        elif array.shape == tuple(shape) and array.flags.c_contiguous:
            found[value] = array.reshape(-1)
        else:
            return None
    return found


def part(array, shape, begin, end):
    """The elements of an array that a block needs."""
    if array.size == 1:
        return array.reshape(())
    whole = array.ndim < len(shape) or array.shape[0] == 1
    return array if whole else array[begin:end]
