"""The kernel of a loop: the calls of its body once for each step, over that step's parts of the arrays."""

import functools

import numpy as np

from harness.backends.engines.numpy.plan.binding import Binder, kernel, needs
from harness.backends.engines.numpy.plan.program import BOUND
from harness.backends.engines.numpy.plan.stages import Stage
from harness.backends.engines.numpy.plan.storage import Storage, bytes_of


def storage_of(node):
    """Where the values of a loop's body lie in each step; their memory is used again in the next one."""
    if "storage" not in node.attributes:
        body = node.attributes["body"]
        results = [value for value, _ in body.stacked] + [value for _, value in body.carried]
        given = [value for value, _ in body.sequences] + [value for value, _ in body.carried] + body.captures
        stages = [Stage([each]) for each in body.program.nodes if each.name not in BOUND]
        placed = [value for value in results if value.node.name not in BOUND]
        node.attributes["storage"] = Storage(stages, results, given + placed, needs)
    return node.attributes["storage"]


def bytes_needed(node):
    """Those of the body, and a second place for each carried value."""
    return storage_of(node).size + sum(padded(value) for value in node.attributes["outputs"]["finals"])


def padded(value):
    """Bytes of a value, up to the next one's begin."""
    return -(-bytes_of(value) // 64) * 64


class LoopCalls(object):
    """Makes the calls of a loop."""

    def __init__(self, binder, node):
        self.binder, self.node, self.body = binder, node, node.attributes["body"]
        self.times, self.outputs = node.attributes["times"], node.attributes["outputs"]
        self.storage = storage_of(node)
        begin = binder.scratch(node)
        self.memory = binder.memory[begin : begin + self.storage.size]
        self.calls = []
        first, second = len(self.body.sequences), len(self.body.sequences) + len(self.body.carried)
        inputs = [binder.array(value) for value in node.inputs]
        self.sequences, self.initials, self.captures = inputs[:first], inputs[first:second], inputs[second:]
        self.unread = [
            (value, np.empty(value.shape, value.dtype))
            for value, _ in self.body.stacked
            if value.node.name not in BOUND
        ]
        self.stacks = [self.stack(value) for value in self.outputs["stacked"]]
        self.slots = [self.slots_of(place, begin + self.storage.size) for place in range(len(self.body.carried))]

    def stack(self, value):
        """The array of a stacked output, None if nobody reads it."""
        outer = self.binder.storage
        return self.binder.array(value) if value in outer.readers or value in outer.results else None

    def slots_of(self, place, begin):
        """Where a carried value lies before each step, and at the end."""
        final = self.binder.array(self.outputs["finals"][place])
        kept = self.outputs["before"].get(place)
        stack = None if kept is None else self.stack(kept)
        if stack is not None:
            return [at(stack, step) for step in range(self.times)] + [final]
        begin += sum(padded(value) for value in self.outputs["finals"][:place])
        other = self.binder.piece(begin, final.shape, final.dtype)
        return [(final, other)[(self.times - step) % 2] for step in range(self.times + 1)]

    def make(self):
        """The calls of all steps."""
        for slots, initial in zip(self.slots, self.initials):
            self.calls.append(functools.partial(np.copyto, slots[0], initial))
        for step in range(self.times):
            self.make_step(step)
        return self.calls

    def make_step(self, step):
        """The calls of one step."""
        body, arrays = self.body, dict(zip(self.body.captures, self.captures))
        for (value, backwards), outer in zip(body.sequences, self.sequences):
            arrays[value] = at(outer, self.times - 1 - step if backwards else step)
        for (before, _), slots in zip(body.carried, self.slots):
            arrays[before] = slots[step]
        copies = []
        for value, place in self.results(step):
            if value in arrays or value.node.name in BOUND:
                copies.append((place, value))
            else:
                arrays[value] = place
        binder = Binder(self.binder.engine, self.storage, self.memory, arrays)
        self.calls += binder.calls()
        self.calls += [functools.partial(np.copyto, place, binder.array(value)) for place, value in copies]

    def results(self, step):
        """(value of the body, where it belongs) of all results of a step; some have several places, some none."""
        found = [(value, slots[step + 1]) for (_, value), slots in zip(self.body.carried, self.slots)]
        for (value, backwards), stack in zip(self.body.stacked, self.stacks):
            if stack is not None:
                found.append((value, at(stack, self.times - 1 - step if backwards else step)))
        known = {value for value, _ in found}
        return found + [pair for pair in self.unread if pair[0] not in known]


def at(stack, step):
    """One step's part of an array over all steps."""
    return stack[step : step + 1].reshape(()) if stack.ndim == 1 else stack[:, step]


@kernel("loop", bytes_needed)
def loop(binder, node):
    """All calls of all steps."""
    return LoopCalls(binder, node).make()
