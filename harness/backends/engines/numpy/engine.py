"""The NumPy engine: the oracle. It computes a graph operation by operation, and keeps what gradients need."""

import platform

import numpy as np

from harness.backends.engines.contract import Engine
from harness.backends.engines.introspection import blas, thread_pools
from harness.backends.engines.numpy.gradients import backpropagate
from harness.backends.engines.numpy.lowerings import LOWERINGS
from harness.backends.errors import UnsupportedOperation
from harness.backends.graph.traversal import schedule


class Steps(list):
    """The outputs of a scan, with `tape`: the values of every step, for the backward pass."""

    def __init__(self, outputs, tape):
        super(Steps, self).__init__(outputs)
        self.tape = tape


class NumpyEngine(Engine):
    """Evaluates a graph operation by operation; gradients by vector-Jacobian products of the primitives."""

    backend = "numpy"
    lowerings = LOWERINGS
    announcement = "Using NumPy backend."
    dim_ordering = "tf"
    simplifies = False

    def __init__(self):
        self.state = {}  # variable's operation -> its current value
        self.plans = {}  # (targets, sources) of a gradient -> the backward pass, see gradients.py
        self.streams = {}  # seed of a random operation -> RandomState

    def function(self, inputs, outputs, updates):
        targets = list(outputs) + [new_value for _, new_value in updates]
        order = schedule(targets, self.children)

        def call(arrays):
            values = {
                tensor.operation: [np.asarray(array, dtype=tensor.dtype)] for tensor, array in zip(inputs, arrays)
            }
            with np.errstate(all="ignore"):  # as on every other backend: the values tell
                self.evaluate(order, values)
            results = [values[tensor.operation][tensor.index] for tensor in targets]
            for (variable, _), value in zip(updates, results[len(outputs) :]):
                self.set_value(variable, value)
            return [np.array(result) for result in results[: len(outputs)]]  # what is kept here is not given away

        return call

    def evaluate(self, order, values):
        """Computes the operations of `order` that `values`, Operation -> list of arrays, does not hold yet."""
        for operation in order:
            if operation not in values:
                values[operation] = self.lower_operation(operation, values)

    def lower_operation(self, operation, values):
        if operation.name == "gradient":
            loss, wrt = operation.inputs[0], operation.inputs[1:]
            cotangent = np.ones_like(values[loss.operation][loss.index])
            return backpropagate(self, [loss], [cotangent], wrt, values)
        if operation.name == "scan":
            return run_scan(self, operation, values)
        return super(NumpyEngine, self).lower_operation(operation, values)

    def get_value(self, variable):
        return np.array(self.current(variable.operation))

    def set_value(self, variable, value):
        self.state[variable.operation] = np.array(value, dtype=variable.dtype)

    def current(self, operation):
        """The value of a variable's operation, not a copy."""
        if operation not in self.state:
            self.state[operation] = self.first_value(operation)
        return self.state[operation]

    def stream(self, seed):
        """The generator of all random operations made with this seed."""
        return self.streams.setdefault(seed, np.random.RandomState(seed))

    def versions(self):
        return {"python": platform.python_version(), "numpy": np.__version__}

    def settings(self):
        found = blas.describe(blas.file_of_numpy())
        formats = self.formats(value.dtype for value in self.state.values())
        pools = thread_pools.of_libraries()
        return dict(formats, device="cpu", threads=found["threads"], thread_pools=pools, blas=found)


def run_scan(engine, operation, values):
    """Runs the body once a time step; the tape keeps every step's values."""
    body = operation.attributes["body"]
    arrays = [values[tensor.operation][tensor.index] for tensor in operation.inputs]
    split = len(body.sequences) + len(body.states)
    sequences, states, captures = arrays[: len(body.sequences)], arrays[len(body.sequences) : split], arrays[split:]
    order = schedule(body.outputs + body.new_states, engine.children)
    steps = range(sequences[0].shape[1])
    tape = []
    for step in reversed(steps) if operation.attributes["go_backwards"] else steps:
        bound = [sequence[:, step] for sequence in sequences] + list(states) + list(captures)
        placeholders = body.sequences + body.states + body.captures
        local = {tensor.operation: [array] for tensor, array in zip(placeholders, bound)}
        engine.evaluate(order, local)
        states = [local[tensor.operation][tensor.index] for tensor in body.new_states]
        tape.append(local)
    emitted = [np.stack([local[tensor.operation][tensor.index] for local in tape], axis=1) for tensor in body.outputs]
    return Steps(emitted + list(states), tape)


def create(device="cpu", threads=None):
    """The engine. NumPy computes on the CPU only; its BLAS reads the thread count from the environment."""
    if device != "cpu":
        raise UnsupportedOperation("device %s" % device, "numpy", "NumPy computes on the CPU only")
    return NumpyEngine()
