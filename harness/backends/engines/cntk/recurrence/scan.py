"""The scan: a recurrence over CNTK's sequence axis, or unrolled steps where the body does not fit one.

A step in a recurrence knows one time step of one sample, so its operations must leave the batch axis alone; a body that
does not (it mixes samples, or draws numbers of another shape) raises NotBatched and is unrolled on static axes.
"""

import cntk as C
import numpy as np

from harness.backends.engines.cntk.dtypes import held_in
from harness.backends.engines.cntk.native import Native, NotBatched, Values, framed, reshaped, static
from harness.backends.engines.cntk.recurrence.sink_products import Mover
from harness.backends.engines.cntk.recurrence.split_gates import Splitter
from harness.backends.graph.traversal import depends_on, schedule


def lower_scan(engine, operation, values):
    """Natives of a scan's outputs; `values` holds those of its inputs."""
    body, sequences, initial_states, captures = Splitter(engine, operation, values.probes).split()

    def scan(body, sequences, captures):
        natives = [engine.lower(tensors, values) for tensors in (sequences, initial_states, captures)]
        return Scan(engine, body, *natives, backwards=operation.attributes["go_backwards"])

    asked = len(engine.asked)
    try:
        return scan(*Mover(values.probes).moved(body, sequences, captures)).in_sequence()
    except NotBatched:
        del engine.asked[asked:]
        return scan(body, sequences, captures).unrolled()


class Scan(object):
    """A body with the natives it runs over."""

    def __init__(self, engine, body, sequences, initial_states, captures, backwards):
        self.engine, self.body, self.backwards = engine, body, backwards
        self.sequences, self.captures = sequences, captures
        self.initial_states = self._as_states(initial_states)
        self.times = sequences[0].shape[1]
        self.batch = sequences[0].shape[0]

    def _as_states(self, natives):
        """Natives of states, in the one type that a state has before and after each step."""
        return [native.to(held_in(tensor.dtype)) for tensor, native in zip(self.body.states, natives)]

    def step(self, elements, states):
        """(outputs, new states) of the body for natives of one time step."""
        body = self.body
        natives = list(elements) + list(states) + list(self.captures)
        placeholders = body.sequences + body.states + body.captures
        values = Values({tensor.operation: [native] for tensor, native in zip(placeholders, natives)})
        results = self.engine.lower(body.outputs + body.new_states, values)
        return results[: len(body.outputs)], results[len(body.outputs) :]

    def in_sequence(self):
        """The recurrence over a sequence axis."""
        if self.engine.frame is not None:
            raise NotBatched
        elements, frame = self._elements()
        slots = [C.placeholder(native.shape[1:], dynamic_axes=frame.dynamic_axes) for native in self.initial_states]
        states = [
            Native(native.shape, "sequence", _delayed(slot, native, frame, self.is_grounded(tensor)))
            for slot, native, tensor in zip(slots, self.initial_states, self.body.new_states)
        ]
        begin = len(self.engine.asked)
        self.engine.frame, self.engine.work.times = frame, self.times
        try:
            outputs, new_states = self.step(elements, states)
            asked = self.engine.asked[begin:]
            emitted = outputs + [each.indices for each in asked]
            nodes = [native.sequence(frame) for native in self._as_states(new_states) + emitted]
        finally:
            self.engine.frame, self.engine.work.times = None, 1
        count = len(new_states)
        nodes = _closed(nodes, slots, nodes[:count])
        emitted = [self._emitted(native, node) for native, node in zip(emitted, nodes[count:])]
        self.engine.asked[begin:] = [
            each._replace(indices=native) for each, native in zip(asked, emitted[len(outputs) :])
        ]
        finals = [
            Native(native.shape, "batch", C.sequence.last(node)) for native, node in zip(self.initial_states, nodes)
        ]
        return emitted[: len(outputs)] + finals

    def is_grounded(self, new_state):
        """Whether the loop tells CNTK the axes of a new state: it has something of its shape from elements alone."""
        children, body = self.engine.children, self.body
        results = body.outputs + body.new_states
        of_elements = depends_on(results, {tensor.operation for tensor in body.sequences}, children)
        of_states = depends_on(results, {tensor.operation for tensor in body.states}, children)
        seen, waiting = set(), [new_state]
        while waiting:
            tensor = waiting.pop()
            operation = tensor.operation
            if operation in of_elements and operation not in of_states:
                return True
            if operation in of_states and operation not in seen:
                seen.add(operation)
                chosen = children(operation)[1 if operation.name == "select" else 0 :]
                waiting += [child for child in chosen if child.ndim and child.shape[1:] == new_state.shape[1:]]
        return False

    def _elements(self):
        """The natives of one time step, and the node whose sequence axis they share; unused sequences stay static."""
        used = set(schedule(self.body.outputs + self.body.new_states, self.engine.children))
        elements, frame = [], None
        for tensor, native in zip(self.body.sequences, self.sequences):
            if tensor.operation not in used:
                elements.append(native)
                continue
            node = self._in_sequence(native, frame)
            frame = node if frame is None else frame
            elements.append(Native((self.batch,) + native.shape[2:], "sequence", node))
        return elements, self._in_sequence(self.sequences[0], None) if frame is None else frame

    def _in_sequence(self, native, frame):
        """The node of one time step, in the order of iteration; its sequence axis is that of `frame`, if given."""
        node = C.slice(native.batch, 0, 0, self.times, -1) if self.backwards else native.batch
        rest = native.shape[2:]
        node = node if rest else reshaped(node, (self.times, 1))  # CNTK makes sequences of 2 axes or more
        node = C.to_sequence(node) if frame is None else C.to_sequence_like(node, framed(frame, native.type))
        return node if rest else reshaped(node, ())

    def _emitted(self, native, node):
        """An output of all time steps: (batch, time, ...)."""
        unpacked = C.sequence.unpack(node, padding_value=0, no_mask_output=True)
        shape = (self.batch, self.times) + native.shape[1:]
        return Native(shape, "batch", reshaped(unpacked, shape[1:]))

    def unrolled(self):
        """The steps one after another, on static axes."""
        states, emitted = self.initial_states, []
        order = range(self.times)
        for time in reversed(order) if self.backwards else order:
            elements = [static((self.batch,) + native.shape[2:], _at_time(native, time)) for native in self.sequences]
            outputs, states = self.step(elements, states)
            emitted.append(outputs)
        return [self._stacked(parts) for parts in zip(*emitted)] + list(states)

    def _stacked(self, parts):
        shape = (self.batch, 1) + parts[0].shape[1:]
        nodes = [reshaped(part.static, shape) for part in parts]
        node = C.splice(*nodes, axis=1) if len(nodes) > 1 else nodes[0]
        return static((self.batch, self.times) + parts[0].shape[1:], node)


def _at_time(native, time):
    node = C.slice(native.static, 1, time, time + 1)
    return reshaped(node, native.shape[:1] + native.shape[2:])


def _delayed(slot, initial, frame, grounded):
    """The state before each step: `initial` at the first, then what the slot, the new state, was.

    CNTK has a form for initial states of one number; in a loop without axes of its own it takes them for vectors of 1.
    """
    if initial.number is not None and grounded:
        return C.sequence.past_value(slot, initial_state=C.constant(np.array(initial.number, initial.type)))
    frame = framed(frame, initial.type)
    first, start = C.sequence.is_first(frame), C.sequence.broadcast_as(initial.batch, frame)
    return reshaped(C.element_select(first, start, C.sequence.past_value(slot)), initial.shape[1:])


def _closed(nodes, slots, new_states):
    """The nodes with each slot replaced by its new state, which closes the loop."""
    distinct = {node.output.uid: node for node in nodes}
    loop = C.combine(list(distinct.values()))
    waiting = {slot.uid for slot in loop.placeholders}
    loop = loop.replace_placeholders(
        {slot: state.output for slot, state in zip(slots, new_states) if slot.uid in waiting}
    )
    closed = dict(zip(distinct, loop.outputs))
    return [closed[node.output.uid] for node in nodes]
