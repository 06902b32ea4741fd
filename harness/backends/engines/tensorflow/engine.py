"""The TensorFlow engine: one graph, one session, resource variables; a function is a callable of the session."""

import platform
import re

import numpy as np
import tensorflow as tf

from harness.backends.engines.contract import Engine, without_collection
from harness.backends.engines.sparse_matrix import Coordinates
from harness.backends.engines.tensorflow import failures, session, slices_as_split
from harness.backends.engines.tensorflow.lowerings import CLAIMED_IF, LOWERINGS
from harness.backends.engines.tensorflow.optimizers import KERNELS
from harness.backends.engines.tensorflow.recurrence.scan import scan
from harness.backends.engines.tensorflow.recurrence.time_major import TimeFirst
from harness.backends.graph.passes.optimizer_fusion import find_steps
from harness.backends.graph.shape_rules import no_such_row
from harness.backends.graph.traversal import schedule


class State(object):
    """A variable in the session: its handle, and how to read and set it from outside."""

    def __init__(self, name, dtype, shape):
        self.dtype = dtype
        self.handle = tf.raw_ops.VarHandleOp(dtype=dtype, shape=shape, shared_name=name)
        self.fed = tf.compat.v1.placeholder(dtype, shape)
        self.assigned = self.write(self.fed)
        self.current = self.read()

    def read(self):
        """The value at the moment when the function begins."""
        return tf.raw_ops.ReadVariableOp(resource=self.handle, dtype=self.dtype)

    def write(self, value):
        """The operation that replaces the value."""
        return tf.raw_ops.AssignVariableOp(resource=self.handle, value=value)


class Specialised(object):
    """A function, built anew for each combination of input shapes, up to MOST_SHAPES; then once for all others.

    Where sizes are known, gradients of elementwise operations need no look at run time at what was broadcast: that is
    half of all operations of an unrolled recurrence. Empty inputs always have a build of their own, see
    convolution.unless_empty.
    """

    MOST_SHAPES = 4  # training and evaluation have two each: the full batch and the rest

    def __init__(self, engine, inputs, outputs, updates):
        self.engine, self.inputs, self.outputs, self.updates = engine, inputs, outputs, updates
        self.dtypes = [tensor.dtype for tensor in inputs]
        self.compiled = {}  # shapes of the inputs -> callable

    def __call__(self, arrays):
        run = self.callable_for(tuple(array.shape for array in arrays))
        fed = [part for array, dtype in zip(arrays, self.dtypes) for part in _parts(array, dtype)]
        try:
            return [np.asarray(result) for result in run(*fed)]
        except tf.errors.InvalidArgumentError as error:
            raise _as_sentence(error) or error from error

    def callable_for(self, shapes):
        """The callable for these shapes, or the one for all."""
        whole = all(0 not in shape for shape in shapes)
        if shapes not in self.compiled and len(self.compiled) >= self.MOST_SHAPES and whole:
            shapes = tuple(tensor.shape for tensor in self.inputs)
        if shapes not in self.compiled:
            self.compiled[shapes] = self.engine.compile(self.inputs, shapes, self.outputs, self.updates)
        return self.compiled[shapes]


def _as_sentence(error):
    """The error of K for an index that is no row; None for another of TensorFlow's."""
    found = re.search(r"indices\S* = (-?\d+) is not in \[0, (\d+)\)", str(error))
    return no_such_row(*found.groups()) if found else None


def _parts(array, dtype):
    """What is fed for an input: an array, or the three of a sparse matrix."""
    if isinstance(array, Coordinates):
        return np.stack([array.rows, array.columns], axis=1), array.values, np.array(array.shape, "int64")
    return (np.asarray(array, dtype=dtype),)


def _placeholders(tensor, shape):
    """(what is fed, the native) of an input."""
    if not tensor.is_sparse:
        made = tf.compat.v1.placeholder(tensor.dtype, shape)
        return [made], made
    parts = [
        tf.compat.v1.placeholder(*each) for each in (("int64", (None, 2)), (tensor.dtype, (None,)), ("int64", (2,)))
    ]
    native = tf.SparseTensor(*parts)
    return parts, native


class TensorflowEngine(Engine):
    """Builds each function into the engine's graph; the session keeps the variables' values."""

    backend = "tensorflow"
    announcement = "Using TensorFlow backend."
    dim_ordering = "tf"
    lowerings = LOWERINGS
    claimed_if = CLAIMED_IF
    takes_sparse = frozenset(("dot", "concatenate"))

    def __init__(self, target, threads):
        self.target = target
        self.config = session.session_config(target, threads)
        self.graph = tf.Graph()
        self.session, self.pool = session.open_session(self.graph, self.config, target)
        self.states = {}  # variable's operation -> State
        self.made = 0  # number of States
        self.fresh = {}  # State -> first value, of those that the session does not know yet
        self.fused = 0  # optimizer steps of weights that one kernel makes, over all compiled functions
        self.products = []  # SharedProducts of the function that is being built
        self.constants = {}  # (dtype, value) -> the constant, shared by all steps of a recurrence
        self.drawn = {}  # seed -> number of random operations made with it

    def function(self, inputs, outputs, updates):
        return Specialised(self, list(inputs), list(outputs), list(updates))

    def compile(self, inputs, shapes, outputs, updates):
        """The session's callable for inputs of these shapes."""
        with without_collection(), self.graph.as_default(), tf.device(self.target.device):
            made = [_placeholders(*pair) for pair in zip(inputs, shapes)]
            feeds = [part for parts, _ in made for part in parts]
            values = {tensor.operation: [native] for tensor, (_, native) in zip(inputs, made)}
            fetches, writes = self.build(values, outputs, updates)
        self.set_first_values()
        return session.make_callable(self.session, feeds, fetches, [writes])

    def build(self, values, outputs, updates):
        """Of a function the natives of its outputs and the operation that makes the updates.

        Nothing is written before all variables are read, and what was read does not change when they are written.
        """
        self.products = []
        feeds = [native for (native,) in values.values()]
        steps, rest = find_steps(updates, lambda step: step.name in KERNELS)
        self.fused += len(steps)
        targets = list(outputs) + [tensor for step in steps for tensor in step.inputs] + [new for _, new in rest]
        natives = iter(self.lower(targets, values))
        fetched = [next(natives) for _ in outputs]
        reads = [value[0].op for operation, value in values.items() if operation.name == "variable"]
        with tf.control_dependencies(reads):
            writes = [KERNELS[step.name](self, step, next(natives), next(natives)) for step in steps]
            writes += [self.state(variable.operation).write(next(natives)) for variable, _ in rest]
        kept = feeds + [value[0] for operation, value in values.items() if operation.name == "variable"]
        # a tensor cannot be fed and fetched in one call, and the caller may write into what it gets
        fetched = [
            tf.raw_ops.DeepCopy(x=native) if any(native is each for each in kept) else native for native in fetched
        ]
        return fetched, tf.group(*writes)

    def lower(self, tensors, values):
        cuts, parts = slices_as_split.whole_splits(tensors, self.children, values), {}
        order = schedule(tensors, self.children, known=values)
        sequences = None
        for operation in order:
            if operation in cuts:
                values[operation] = [slices_as_split.part(self, cuts[operation], operation.inputs[0], values, parts)]
            elif operation.name == "scan":
                sequences = sequences or TimeFirst(self, tensors, order, values)
                values[operation] = scan(self, operation, sequences.native, values)
            else:
                values[operation] = self.lower_operation(operation, values)
        return [values[tensor.operation][tensor.index] for tensor in tensors]

    def state(self, operation):
        """The State of a variable's operation, made when first asked for."""
        if operation not in self.states:
            self.states[operation] = self.make_state(self.first_value(operation))
        return self.states[operation]

    def scratch(self, operation):
        """A State of zeros in the form of a variable's operation, for kernels that want one."""
        tensor = operation.outputs[0]
        return self.make_state(np.zeros(tensor.shape, tensor.dtype))

    def failure(self, error):
        return failures.failure(error)

    def dense(self, native):
        return tf.sparse.to_dense(native) if isinstance(native, tf.SparseTensor) else native

    def make_state(self, value):
        """A new State, which will hold `value`."""
        self.made += 1
        with self.graph.as_default(), tf.init_scope(), tf.device(self.target.device):
            state = State("variable_%d" % self.made, value.dtype.name, value.shape)
        self.fresh[state] = value
        return state

    def constant(self, value, dtype):
        """The constant of a number or a tuple, made once."""
        key = (tf.as_dtype(dtype), value)
        if key not in self.constants:
            with tf.init_scope():
                self.constants[key] = tf.constant(value, dtype)
        return self.constants[key]

    def set_first_values(self):
        """Gives fresh States their first values, all in one call: the first call after a change copies the graph."""
        if self.fresh:
            fed = {state.fed: value for state, value in self.fresh.items()}
            self.session.run([state.assigned for state in self.fresh], fed)
            self.fresh = {}

    def stream(self, seed):
        """Seeds of TensorFlow's for one more random operation of the stream `seed`: its draws are its own."""
        self.drawn[seed] = self.drawn.get(seed, 0) + 1
        return {"seed": seed, "seed2": self.drawn[seed]}

    def get_value(self, variable):
        return self.get_values([variable])[0]

    def set_value(self, variable, value):
        self.set_values([(variable, value)])

    def get_values(self, variables):
        states = [self.state(variable.operation) for variable in variables]
        known = [state for state in states if state not in self.fresh]
        fetched = dict(zip(known, self.session.run([state.current for state in known]) if known else ()))
        return [np.array(self.fresh[state] if state in self.fresh else fetched[state]) for state in states]

    def set_values(self, pairs):
        values = {self.state(variable.operation): value for variable, value in pairs}
        self.fresh.update((state, np.array(value)) for state, value in values.items() if state in self.fresh)
        known = [state for state in values if state not in self.fresh]
        if known:
            self.session.run([state.assigned for state in known], {state.fed: values[state] for state in known})

    def versions(self):
        return {"python": platform.python_version(), "numpy": np.__version__, "tensorflow": tf.__version__}

    def settings(self):
        found = session.in_force(self.session, self.config, self.target, self.pool)
        formats = self.formats(state.current.dtype.name for state in self.states.values())
        return dict(found, fused_updates=self.fused, **formats)


def create(device="cpu", threads=None):
    """The engine on `device` (cpu, gpu or gpu:N) with `threads` within an operation."""
    return TensorflowEngine(session.target_of(device), threads)
