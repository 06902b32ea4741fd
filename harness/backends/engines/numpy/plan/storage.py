"""Where values lie: bytes of one piece of memory, which a value has from its first node to its last reader.

A value may be another look at the memory of another one, and a part of a concatenation may lie in the whole from the
start. A value that only one stage of blocks knows takes a block.
"""

from harness.backends.engines.numpy.plan.program import BOUND, VIEWS
from harness.backends.engines.numpy.plan.stages import BLOCKWISE, block_elements

ALIGNMENT = 64  # bytes: a cache line, and the widest registers
HOSTED = BLOCKWISE | {"concatenate", "dot", "batched_dot"}  # whose results may lie in a part of a larger array


def bytes_of(value):
    """Memory that a value takes."""
    return value.size * value.dtype.itemsize


class Room(object):
    """Offsets in a piece of memory, first fit; `size` is what it must have."""

    def __init__(self):
        self.free, self.size = [(0, float("inf"))], 0  # (begin, end) of what is free, in order

    def take(self, size):
        """The offset of `size` bytes."""
        size = -(-max(size, 1) // ALIGNMENT) * ALIGNMENT
        for place, (begin, end) in enumerate(self.free):
            if end - begin >= size:
                self.free[place : place + 1] = [(begin + size, end)] if end - begin > size else []
                self.size = max(self.size, begin + size)
                return begin
        raise AssertionError("the last gap has no end")

    def give(self, begin, size):
        """Frees what `take` gave."""
        size = -(-max(size, 1) // ALIGNMENT) * ALIGNMENT
        self.free.append((begin, begin + size))
        self.free.sort()
        joined = []
        for gap in self.free:
            if joined and joined[-1][1] == gap[0]:
                gap = (joined.pop()[0], gap[1])
            joined.append(gap)
        self.free = joined


class Storage(object):
    """Where the values of some nodes lie.

    Attributes
    ----------
    stages : list of Stage
    offsets : dict, Value -> first byte     of those with memory of their own
    scratch : dict, Node or (Stage, Value) -> first byte      of what a node or block needs meanwhile
    looks : set of Value                    those that only look at the memory of their node's first input
    hosts : dict, Value -> (Value, items)   the whole that a part lies in
    size : int                              bytes
    """

    def __init__(self, stages, results, elsewhere, needs):
        """
        stages : list of Stage
        results : values that are read behind the last node
        elsewhere : values whose memory is given from outside
        needs : callable, Node -> bytes of scratch
        """
        self.stages, self.elsewhere, self.needs = stages, set(elsewhere), needs
        nodes = [node for stage in stages for node in stage.nodes]
        self.results = set(results)
        self.readers = self.read_by(nodes)
        self.looks = self.looking(nodes)
        self.hosts = {}
        self.find_hosts(nodes)
        self.number = {node: number for number, stage in enumerate(self.stages) for node in stage.nodes}
        self.births, self.deaths = self.lives()
        self.offsets, self.scratch, self.room, self.taken = {}, {}, Room(), set()
        self.assign()
        self.size = self.room.size

    @staticmethod
    def read_by(nodes):
        """Value -> the nodes that read it."""
        readers = {}
        for node in nodes:
            for value in node.inputs:
                readers.setdefault(value, []).append(node)
        return readers

    def looking(self, nodes):
        """The values that are views; a reshape is one of what lies in one piece."""
        looks = set()
        for node in nodes:
            if node.outputs[0] in self.elsewhere:
                continue
            if node.name in VIEWS or (node.name == "reshape" and self.in_one_piece(node.inputs[0], looks)):
                looks.add(node.outputs[0])
        return looks

    def in_one_piece(self, value, looks):
        """Whether a value lies in C order without gaps."""
        if value.node.name in BOUND:
            return value not in self.elsewhere
        if value in looks:
            moved = value.node.name in ("transpose", "slice", "spread")
            return not moved and self.in_one_piece(value.node.inputs[0], looks)
        return value not in self.elsewhere and not self.may_be_hosted(value)

    def may_be_hosted(self, value):
        """Whether a value is read by one concatenation alone."""
        readers = self.readers.get(value, [])
        return len(readers) == 1 and readers[0].name == "concatenate"

    def find_hosts(self, nodes):
        """Lets parts of concatenations lie in the whole."""
        for node in nodes:
            if node.name != "concatenate":
                continue
            axis, begin = node.attributes["axis"], 0
            for value in node.inputs:
                end = begin + value.shape[axis]
                computed = value.node.name in HOSTED and value not in self.looks
                if computed and self.may_be_hosted(value) and value not in self.elsewhere | self.results:
                    items = (slice(None),) * axis + (slice(begin, end),)
                    self.hosts[value] = node.outputs[0], items
                begin = end

    def root(self, value):
        """The value whose memory a value lies in."""
        while True:
            if value in self.looks:
                value = value.node.inputs[0]
            elif value in self.hosts:
                value = self.hosts[value][0]
            else:
                return value

    def owns(self, value):
        """Whether a value has memory of its own here."""
        bound = value.node.name in BOUND
        return not bound and value not in self.elsewhere and value not in self.looks and value not in self.hosts

    def lives(self):
        """(first, last) stage of each value's memory, both dicts."""
        births, deaths, end = {}, {}, len(self.stages)
        for number, stage in enumerate(self.stages):
            for node in stage.nodes:
                for value in node.outputs:
                    root = self.root(value)
                    births[root] = min(births.get(root, number), number)
                    deaths[root] = max(deaths.get(root, number), number)
                for value in node.inputs:
                    root = self.root(value)
                    deaths[root] = max(deaths.get(root, number), number)
        for value in self.results:
            deaths[self.root(value)] = end
        return births, deaths

    def assign(self):
        """Gives each value its offset, stage by stage."""
        ending = {}
        for value in self.births:
            if self.owns(value):
                ending.setdefault(self.deaths[value], []).append(value)
        begun = set()
        for number, stage in enumerate(self.stages):
            inside = self.inside(number, stage)
            for node in stage.nodes:
                for value in map(self.root, node.outputs):
                    if self.owns(value) and value not in begun and value not in inside:
                        begun.add(value)
                        self.offsets[value] = self.offset(number, stage, node, value)
            self.assign_scratch(stage, inside)
            for value in ending.get(number, ()):
                if value in self.offsets and value not in inside:
                    self.release(value)

    def release(self, value):
        """Frees the memory of a value, unless another one has taken it over."""
        if value not in self.taken:
            self.room.give(self.offsets[value], bytes_of(value))

    def offset(self, number, stage, node, value):
        """Where a value may lie: in place of an input that is not needed any more, or anywhere."""
        before = stage.nodes[: stage.nodes.index(node) + 1]
        for other in [other for each in before[::-1] for other in each.inputs]:
            if self.ends_with(number, stage, node, other, value):
                self.taken.add(other)
                return self.offsets[other]
        return self.room.take(bytes_of(value))

    def ends_with(self, number, stage, node, other, value):
        """Whether an elementwise node may write its result over the input `other`."""
        if other not in self.offsets or other in self.taken or node.name not in BLOCKWISE:
            return False
        if node.name == "sqrt" and other in node.inputs:  # looks at its input again
            return False
        if (other.shape, other.dtype) != (value.shape, value.dtype) or self.deaths[other] != number:
            return False
        later = stage.nodes[stage.nodes.index(node) + 1 :]
        readers = [each for each in stage.nodes if any(self.root(v) is other for v in each.inputs)]
        direct = all(v is other for each in readers for v in each.inputs if self.root(v) is other)
        return direct and not any(each in later for each in readers)

    def inside(self, number, stage):
        """The values that only this stage knows, and that take a block."""
        if not stage.is_blockwise:
            return set()
        outputs = [value for node in stage.nodes for value in node.outputs]
        own = set(stage.nodes)
        return {
            value
            for value in outputs
            if self.owns(value)
            and self.deaths[value] == number
            and all(reader in own for reader in self.readers.get(value, ()))
        }

    def assign_scratch(self, stage, inside):
        """Memory that a stage needs while it runs."""
        given = []
        for node in stage.nodes:
            if self.needs(node):
                given.append((self.room.take(self.needs(node)), self.needs(node)))
                self.scratch[node] = given[-1][0]
        last = {value: place for place, node in enumerate(stage.nodes) for value in node.inputs}
        free = {}  # size of an element -> blocks
        for place, node in enumerate(stage.nodes):
            ended = [value for value in set(node.inputs) & inside if last[value] == place]
            if node.name != "sqrt":  # which looks at its input again
                self.free_blocks(stage, ended, free)
            for value in [value for value in node.outputs if value in inside]:
                blocks, size = free.get(value.dtype.itemsize), block_elements(stage.shape) * value.dtype.itemsize
                if not blocks:
                    blocks = [self.room.take(size)]
                    given.append((blocks[0], size))
                self.scratch[stage, value] = blocks.pop()
            if node.name == "sqrt":
                self.free_blocks(stage, ended, free)
        for begin, size in given:
            self.room.give(begin, size)

    def free_blocks(self, stage, values, free):
        """Adds the blocks of values to those that are free, by the size of an element."""
        for value in values:
            free.setdefault(value.dtype.itemsize, []).append(self.scratch[stage, value])
