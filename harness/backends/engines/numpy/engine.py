"""The NumPy engine: a plan for each function and the shapes of its calls; or, as the oracle, a graph as it is written.

The plan is in the room `plan`. The plain evaluation computes operation by operation and keeps what gradients need: it
makes references, proves the plan in the conformance suite, and computes what cannot be planned.
"""

import platform

import numpy as np

from harness.backends.engines.contract import Engine
from harness.backends.engines.introspection import blas, thread_pools
from harness.backends.engines.numpy.gradients import backpropagate
from harness.backends.engines.numpy.lowerings import LOWERINGS
from harness.backends.engines.numpy.plan.building import Unplannable
from harness.backends.engines.numpy.plan.execution import Plan
from harness.backends.errors import UnsupportedOperation
from harness.backends.graph.traversal import schedule

PLANS = 16  # of a function, for as many shapes of its inputs
ALIGNMENT = 64  # bytes: a cache line


class Steps(list):
    """The outputs of a scan, with `tape`: the values of every step, for the backward pass."""

    def __init__(self, outputs, tape):
        super(Steps, self).__init__(outputs)
        self.tape = tape


class Memory(object):
    """The memory of all plans of an engine, of which one runs at a time."""

    def __init__(self):
        self.bytes = np.empty(0, np.uint8)

    def of(self, size):
        """At least `size` bytes, at an address that suits all dtypes."""
        if len(self.bytes) < size:
            whole = np.empty(size + ALIGNMENT, np.uint8)
            begin = -whole.ctypes.data % ALIGNMENT
            self.bytes = whole[begin : begin + size]
        return self.bytes


class NumpyEngine(Engine):
    """Plans functions; gradients by vector-Jacobian products of the primitives."""

    backend = "numpy"
    lowerings = LOWERINGS
    announcement = "Using NumPy backend."
    dim_ordering = "tf"

    def __init__(self):
        self.memory = Memory()
        self.rows = {}  # (shape, dtype, number) -> kernels.Rows of plans
        self.running = False
        self.state = {}  # variable's operation -> its current value, in one array as long as the engine lives
        self.plans = {}  # (targets, sources) of a gradient -> the backward pass, see gradients.py
        self.streams = {}  # seed of a random operation -> Generator

    def function(self, inputs, outputs, updates):
        plain = self.plain_function(inputs, outputs, updates)
        own = self.lowerings is not LOWERINGS  # a subclass's or a test's: plans know the kernels of ours alone
        return plain if self.plain or own else Planned(self, inputs, outputs, updates, plain)

    def plain_function(self, inputs, outputs, updates):
        """The function evaluated operation by operation."""
        targets = list(outputs) + [new_value for _, new_value in updates]
        order = schedule(targets, self.children)

        def call(arrays):
            values = {
                tensor.operation: [np.asarray(array, dtype=tensor.dtype)] for tensor, array in zip(inputs, arrays)
            }
            with np.errstate(all="ignore"):  # as on every other backend: the values tell
                self.evaluate(order, values)
            results = [values[tensor.operation][tensor.index] for tensor in targets]
            found = [np.array(result) for result in results]  # what is kept here is not given away
            for (variable, _), value in zip(updates, found[len(outputs) :]):
                self.set_value(variable, value)
            return found[: len(outputs)]

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
        if variable.operation in self.state:
            np.copyto(self.state[variable.operation], value, casting="unsafe")
        else:
            self.state[variable.operation] = np.array(value, dtype=variable.dtype, order="C")

    def current(self, operation):
        """The value of a variable's operation, not a copy."""
        if operation not in self.state:
            self.state[operation] = np.array(self.first_value(operation), order="C")
        return self.state[operation]

    def stream(self, seed):
        """The generator of all random operations made with this seed."""
        return self.streams.setdefault(seed, np.random.Generator(np.random.SFC64(seed)))

    def versions(self):
        return {"python": platform.python_version(), "numpy": np.__version__}

    def settings(self):
        found = blas.describe(blas.file_of_numpy())
        formats = self.formats(value.dtype for value in self.state.values())
        pools = thread_pools.of_libraries()
        return dict(formats, device="cpu", threads=found["threads"], thread_pools=pools, blas=found)


class Planned(object):
    """A function with a plan for the shapes of each call; what cannot be planned is evaluated plainly."""

    def __init__(self, engine, inputs, outputs, updates, plain):
        self.engine, self.inputs, self.outputs, self.updates = engine, inputs, outputs, updates
        self.plain, self.plans = plain, {}

    def __call__(self, arrays):
        key = tuple([array.shape for array in arrays])
        plan = self.plans.get(key)
        if plan is None:
            plan = self.plans[key] = self.plan(key)
        if plan is self.plain or self.engine.running:
            return self.plain(arrays)
        self.engine.running = True
        try:
            with np.errstate(all="ignore"):  # as on every other backend: the values tell
                return plan(arrays)
        finally:
            self.engine.running = False

    def plan(self, shapes):
        """The plan for inputs of these shapes, the plain evaluation if there is none."""
        while len(self.plans) >= PLANS:
            del self.plans[next(iter(self.plans))]
        try:
            return Plan(self.engine, self.inputs, shapes, self.outputs, self.updates)
        except Unplannable:
            return self.plain


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
