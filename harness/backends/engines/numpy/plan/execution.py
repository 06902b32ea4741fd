"""A plan: the calls that compute a function for arrays of given shapes, and its updates."""

import numpy as np

from harness.backends.engines.numpy.plan import kernels, loop_kernel, windows  # noqa: F401 two register kernels
from harness.backends.engines.numpy.plan.binding import Binder, needs
from harness.backends.engines.numpy.plan.building import build
from harness.backends.engines.numpy.plan.program import BOUND, VIEWS
from harness.backends.engines.numpy.plan.simplification import simplified
from harness.backends.engines.numpy.plan.stages import BLOCKWISE, staged
from harness.backends.engines.numpy.plan.storage import Storage

# Nodes that may find a mistake in numbers: no variable is changed before the last of them.
FALLIBLE = frozenset(("gather", "host", "loop"))


class Plan(object):
    """Computes outputs and updates for one shape of each input.

    Raises
    ------
    Unplannable     see building.py
    """

    def __init__(self, engine, inputs, shapes, outputs, updates):
        self.engine = engine
        program, given, results = build(inputs, shapes, list(outputs) + [new for _, new in updates])
        nodes, results = simplified(program.nodes, results)
        self.stages = staged([node for node in nodes if node.name not in BOUND])
        variables = [engine.current(variable.operation) for variable, _ in updates]
        outputs, new_values = results[: len(outputs)], results[len(outputs) :]
        places = in_place(self.stages, outputs, updates, new_values)
        arrays = dict(self.rows())
        storage = Storage(self.stages, results, list(places) + list(arrays), needs)
        arrays.update((value, np.empty(value.shape, value.dtype)) for value in given)
        self.inputs = [arrays[value] for value in given]
        arrays.update((value, variables[number]) for value, number in places.items())
        binder = Binder(engine, storage, engine.memory.of(storage.size), arrays)
        self.calls = binder.calls()
        self.outputs = [binder.array(value) for value in outputs]
        self.updates = [
            (variable, binder.array(value)) for variable, value in zip(variables, new_values) if value not in places
        ]
        changed = [variable for variable, _ in self.updates] + [variables[number] for number in places.values()]
        self.shared = [any(np.may_share_memory(array, each) for each in changed) for _, array in self.updates]

    def rows(self):
        """(value, its array) of the gradients that are zero in most rows; all plans of an engine share them."""
        nodes = [node for stage in self.stages for node in stage.nodes if node.name == "add_rows"]
        for number, node in enumerate(nodes):
            value = node.outputs[0]
            key = value.shape, value.dtype, number
            if key not in self.engine.rows:
                self.engine.rows[key] = kernels.Rows(value.shape, value.dtype)
            node.attributes["rows"] = self.engine.rows[key]
            yield value, self.engine.rows[key].array

    def __call__(self, arrays):
        for own, array in zip(self.inputs, arrays):
            np.copyto(own, array, casting="unsafe")
        for call in self.calls:
            call()
        results = [array.copy() for array in self.outputs]
        if self.updates:
            new_values = [array.copy() if shared else array for (_, array), shared in zip(self.updates, self.shared)]
            for (variable, _), array in zip(self.updates, new_values):
                np.copyto(variable, array)
        return results


def in_place(stages, outputs, updates, new_values):
    """New value -> number of the update that it may be written to at once: nobody reads the variable after that."""
    numbers = {node: number for number, stage in enumerate(stages) for node in stage.nodes}
    last_fallible = max([number for node, number in numbers.items() if node.name in FALLIBLE] or [-1])
    readers = readers_of_variables(stages, list(outputs) + list(new_values))
    found = {}
    for place, ((variable, _), value) in enumerate(zip(updates, new_values)):
        node = value.node
        writable = node.name in BLOCKWISE and node in numbers and value not in found and new_values.count(value) == 1
        if (
            writable
            and numbers[node] > last_fallible
            and may_write(stages[numbers[node]], node, numbers, readers.get(variable.operation, ()))
        ):
            found[value] = place
    return found


def readers_of_variables(stages, results):
    """variable's operation -> [(node, whether it reads through a view)]; node None: it is read at the end."""
    readers = {}

    def note(value, node):
        through = False
        while value.node.name in VIEWS or value.node.name == "reshape":
            value, through = value.node.inputs[0], True
        if value.node.name == "variable":
            readers.setdefault(value.node.operation, []).append((node, through))

    for stage in stages:
        for node in stage.nodes:
            for value in node.inputs:
                note(value, node)
    for value in results:
        note(value, None)
    return readers


def may_write(stage, node, numbers, readers):
    """Whether all have read a variable when `node` writes its new value over it, element by element."""
    place = stage.nodes.index(node)
    for reader, through in readers:
        if reader is None or numbers[reader] > numbers[node]:
            return False
        if numbers[reader] == numbers[node] and (through or stage.nodes.index(reader) > place):
            return False
    return True
