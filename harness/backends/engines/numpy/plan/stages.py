"""In which stages a program runs: a node each, or elementwise nodes over one shape, a block of elements at a time."""

import numpy as np

from harness.backends.graph.primitive_table import ELEMENTWISE

# Elements of a block: a float32 operand then takes 64 KiB, and half a dozen of them stay in a second-level cache.
BLOCK = 16384
BLOCKWISE = (ELEMENTWISE | {"passed"}) - {"stop_gradient"}


class Stage(object):
    """Nodes that run together, in their order."""

    def __init__(self, nodes):
        self.nodes = list(nodes)
        self.shape = nodes[0].outputs[0].shape

    @property
    def is_blockwise(self):
        """Whether its nodes are computed block by block."""
        return len(self.nodes) > 1


def is_large(node):
    """Whether a node is elementwise over more than a block."""
    return node.name in BLOCKWISE and node.outputs[0].size > BLOCK


def staged(nodes):
    """The stages of some nodes.

    A node that does not need what an open stage computes comes before that, so that the stage may grow.
    """
    stages, opened, made = [], [], set()
    for node in nodes:
        if is_large(node) and opened and node.outputs[0].shape == opened[0].outputs[0].shape:
            opened.append(node)
            made.update(node.outputs)
        elif is_large(node) or any(value in made for value in node.inputs):
            stages += [Stage(opened)] if opened else []
            opened, made = ([node], set(node.outputs)) if is_large(node) else ([], set())
            stages += [] if is_large(node) else [Stage([node])]
        else:
            stages.append(Stage([node]))
    return stages + ([Stage(opened)] if opened else [])


def block_elements(shape):
    """Elements of a block of something of `shape`: BLOCK, or one of its first axis's elements if that has more."""
    return max(BLOCK, int(np.prod(shape[1:], dtype=np.int64)))


def blocks(shape):
    """(begin, end) along the first axis of each block."""
    rows = max(1, BLOCK // max(1, int(np.prod(shape[1:], dtype=np.int64))))
    return [(begin, min(begin + rows, shape[0])) for begin in range(0, shape[0], rows)]
