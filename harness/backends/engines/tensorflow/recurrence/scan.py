"""`scan` in TensorFlow: unrolled where the number of steps is known, a loop otherwise.

Unrolled is faster, at the price of a larger graph; docs/design/tensorflow.md has the numbers.
"""

import tensorflow as tf

from harness.backends.engines.tensorflow.recurrence import shared_weights
from harness.backends.engines.tensorflow.recurrence.time_major import exchanged
from harness.backends.graph.traversal import schedule

# Building a graph of a hundred steps of an LSTM takes 3.7 s; a longer wait would not be earned back.
MOST_UNROLLED = 256


class Step(object):
    """The body of a scan, ready to be lowered for one step after another."""

    def __init__(self, engine, body, captures):
        self.engine, self.body = engine, body
        self.shared = {tensor.operation: [native] for tensor, native in zip(body.captures, captures)}
        self.products = ()

    def share_products(self, products):
        """Uses the matrices of `products`, tensor -> SharedProduct, and notes each step in them."""
        self.products = tuple(products.values())
        self.shared.update((tensor.operation, [product.matrix]) for tensor, product in products.items())
        self.engine.products.extend(self.products)

    def share_constants(self):
        """Lowers the body's constants once for all steps."""
        for operation in schedule(self.body.outputs + self.body.new_states, self.engine.children):
            if operation.name == "constant":
                self.shared[operation] = self.engine.lower_operation(operation, self.shared)

    def run(self, elements, states):
        """(outputs, new states), lists of natives, of one step."""
        values = dict(self.shared)
        for tensor, native in zip(self.body.sequences + self.body.states, list(elements) + list(states)):
            values[tensor.operation] = [native]
        results = self.engine.lower(self.body.outputs + self.body.new_states, values)
        for product in self.products:
            product.add(values)
        return results[: len(self.body.outputs)], results[len(self.body.outputs) :]


def scan(engine, operation, sequence, values):
    """Natives of a scan's outputs, see primitives.scan.

    Parameters
    ----------
    sequence : callable     Tensor (batch, time, ...) -> its native, time first
    values : dict           Operation -> natives, of all that the scan needs
    """
    body = operation.attributes["body"]
    count = len(body.sequences)
    sequences = [sequence(tensor) for tensor in operation.inputs[:count]]
    others = [values[tensor.operation][tensor.index] for tensor in operation.inputs[count:]]
    states, captures = others[: len(body.states)], others[len(body.states) :]
    step = Step(engine, body, captures)
    times = operation.inputs[0].shape[1]
    if times is None or times > MOST_UNROLLED:
        return _loop(step, operation, sequences, states)
    step.share_products(shared_weights.find(engine, operation, captures))
    return _unrolled(step, times, sequences, states, operation.attributes["go_backwards"])


def _unrolled(step, times, sequences, states, go_backwards):
    """One copy of the body for each step."""
    step.share_constants()
    elements = list(zip(*[_cut(sequence, times) for sequence in sequences]))
    emitted = []
    for element in reversed(elements) if go_backwards else elements:
        outputs, states = step.run(element, states)
        emitted.append(outputs)
    return [tf.stack(column, axis=1) for column in zip(*emitted)] + list(states)


def _cut(sequence, times):
    """The elements of a sequence, time first; gradients are joined as those of products in shared_weights.py."""
    shape = sequence.shape[1:].as_list()
    if None in shape:
        return tf.unstack(sequence, times)
    return tf.split(tf.reshape(sequence, [times * shape[0]] + shape[1:]), times)


def _loop(step, operation, sequences, states):
    """tf.while_loop over arrays of elements."""
    body, times = step.body, tf.shape(sequences[0])[0]
    ordered = [tensor[::-1] for tensor in sequences] if operation.attributes["go_backwards"] else sequences
    elements = [tf.TensorArray(tensor.dtype, times).unstack(tensor) for tensor in ordered]
    emitted = [tf.TensorArray(tensor.dtype, times, element_shape=tensor.shape) for tensor in body.outputs]

    def advance(time, arrays, states):
        outputs, states = step.run([element.read(time) for element in elements], states)
        arrays = [array.write(time, output) for array, output in zip(arrays, outputs)]
        return time + 1, arrays, [tf.ensure_shape(s, t.shape) for s, t in zip(states, body.states)]

    invariants = (
        tf.TensorShape([]),
        [tf.TensorShape(None) for _ in emitted],
        [tf.TensorShape(t.shape) for t in body.states],
    )
    _, arrays, finals = tf.while_loop(
        lambda time, arrays, states: time < times,
        advance,
        (tf.constant(0), emitted, list(states)),
        shape_invariants=invariants,
    )
    return [exchanged(array.stack()) for array in arrays] + list(finals)
